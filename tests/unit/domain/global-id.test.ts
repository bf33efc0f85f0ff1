import fc from 'fast-check'
import { printAddress, printEdgeAddress } from '../../../src/domain/address.js'
import { GLOBAL_ID_TYPES, parseGlobalId, printGlobalId } from '../../../src/domain/global-id.js'
import { anyAddress, anyEdgeAddress } from './arbitraries.js'

const HASH = 'ab'.repeat(32)

describe('global ids', () => {
  it.each(GLOBAL_ID_TYPES)('name a %s', (type) => {
    const address = type === 'node' || type === 'edge' || type === 'component' ? 'input' : null
    const text = printGlobalId(type, HASH, address)
    expect(parseGlobalId(text)).toEqual({ type, owner: HASH, address })
  })

  it('hold any address of a node or an edge', () => {
    fc.assert(
      fc.property(anyAddress, anyEdgeAddress, (node, edge) => {
        const [inNode, inEdge] = [printAddress(node), printEdgeAddress(edge)]
        expect(parseGlobalId(printGlobalId('node', HASH, inNode)).address).toBe(inNode)
        expect(parseGlobalId(printGlobalId('edge', HASH, inEdge)).address).toBe(inEdge)
      }),
    )
  })

  it.each([
    '',
    'circuit',
    'circuit:',
    'nothing:x',
    'Circuit:x',
    'circuit:x/input',
    'node:x',
    'node:x/',
    'node:/input',
    HASH,
  ])('refuse %j with BAD_ID naming it', (text) => {
    expect(() => parseGlobalId(text)).toThrow(
      expect.objectContaining({ code: 'BAD_ID', message: expect.stringContaining(JSON.stringify(text)) }),
    )
  })

  it('are shown cut short when they are long', () => {
    expect(() => parseGlobalId('x'.repeat(1_000_000))).toThrow(/^.{0,200}$/)
  })
})
