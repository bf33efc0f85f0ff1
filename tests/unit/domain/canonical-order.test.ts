import fc from 'fast-check'
import { parseAddress, printAddress } from '../../../src/domain/address.js'
import { compareAddresses, nullLast } from '../../../src/domain/canonical-order.js'
import { anyAddress } from './arbitraries.js'

const sorted = (...texts: string[]): string[] =>
  texts.map(parseAddress).sort(compareAddresses).map(printAddress)

describe('the canonical order of nodes', () => {
  it('goes by position, layer, block, tap, index, then text, and puts what has none last', () => {
    const expected = [
      'feature(9/9)@0',
      'feature(-1/1)@1',
      '0.attn.act_in[3]@1',
      '0.attn.q[0]@1',
      '0.attn.q[2]@1',
      '0.attn.q[10]@1',
      '0.attn.resid_delta[0]@1',
      '0.attn.y[0]@1',
      '0.mlp.act_in[0]@1',
      'feature(0/0)@1',
      'error(0)@1',
      'logit(3)@1',
      'logit("a")@1',
      '0.attn.q[0]',
      'input',
    ]
    expect(sorted(...[...expected].reverse())).toEqual(expected)
  })

  it('lets the text decide between kinds that share their coordinates', () => {
    expect(sorted('neuron(3.1)', 'head(3.1)', 'feature(b:3/1)', 'feature(3/1)')).toEqual([
      'feature(3/1)',
      'feature(b:3/1)',
      'head(3.1)',
      'neuron(3.1)',
    ])
  })

  it('is a total order in which only the same address is equal', () => {
    fc.assert(
      fc.property(anyAddress, anyAddress, anyAddress, (a, b, c) => {
        expect(Math.sign(compareAddresses(a, b))).toBe(-Math.sign(compareAddresses(b, a)) + 0)
        expect(compareAddresses(a, b) === 0).toBe(printAddress(a) === printAddress(b))
        const [x, y, z] = [a, b, c].sort(compareAddresses) as [typeof a, typeof a, typeof a]
        expect(compareAddresses(x, y)).toBeLessThanOrEqual(0)
        expect(compareAddresses(y, z)).toBeLessThanOrEqual(0)
        expect(compareAddresses(x, z)).toBeLessThanOrEqual(0)
      }),
      { numRuns: 500 },
    )
  })

  it('puts null after every number', () => {
    expect([3, null, -1, null, 0].sort(nullLast)).toEqual([-1, 0, 3, null, null])
  })
})
