import fc from 'fast-check'
import { encodeCircuit } from '../../../../src/domain/circuit-payload.js'
import type { Circuit } from '../../../../src/domain/graph-data.js'
import type { SparseModelData } from '../../../../src/domain/sparse-model-data.js'
import { circuitOfModel } from '../../../../src/formats/circuitql-json/circuit-of-model.js'
import {
  looksLikeCircuitJson,
  readCircuitJson,
} from '../../../../src/formats/circuitql-json/read-circuit-json.js'
import {
  writeCircuitJson,
  writeShortCircuitJson,
} from '../../../../src/formats/circuitql-json/write-circuit-json.js'
import { bytesFile } from '../../../../src/formats/source-file.js'
import { maskableSites } from '../../../../src/model/model-graph.js'
import { prepareModel } from '../../../../src/model/prepared-model.js'
import { stringClosing } from '../../../../zoo/string-closing.js'
import { zooCircuit } from '../../../../zoo/zoo-files.js'
import { randomCircuit } from '../../../support/random-circuit.js'

const CONTEXT = { owner: 'tester', importedAt: '2026-01-01T00:00:00Z', name: null }
const noModel = async (): Promise<SparseModelData> => {
  throw new Error('no model is needed')
}
const model = stringClosing.model
const prepared = prepareModel(model)

async function imported(bytes: Uint8Array, load = noModel): Promise<Circuit> {
  return (await readCircuitJson(bytesFile('c.json', bytes), load, CONTEXT)).circuit
}

/** The full form of the string-closing circuit, as plain JSON to tamper with. */
function fullForm(): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(writeCircuitJson(zooCircuit(stringClosing)))) as Record<
    string,
    unknown
  >
}
const file = (json: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(json))

describe('the full form', () => {
  it('keeps every circuit, with its labels and activations, to the bit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(100_000), async (seed) => {
        const circuit = randomCircuit(seed)
        const back = await imported(writeCircuitJson(circuit))
        expect(back.id).toBe(circuit.id)
        expect(Buffer.compare(encodeCircuit(back), encodeCircuit(circuit))).toBe(0)
      }),
      { numRuns: 300, seed: 5 },
    )
  })

  it('does not mind the order of nodes and edges', async () => {
    const json = fullForm() as {
      nodes: unknown[]
      edges: { source: number[]; target: number[]; weight: number[] }
    }
    const last = json.nodes.length - 1
    json.nodes.reverse()
    json.edges.source = json.edges.source.map((end) => last - end).reverse()
    json.edges.target = json.edges.target.map((end) => last - end).reverse()
    json.edges.weight.reverse()
    expect((await imported(file(json))).id).toBe(zooCircuit(stringClosing).id)
  })

  it.each([
    ['another version', { version: 2 }, /not in the format circuitql\/circuit 1/],
    ['an unknown source', { source: 'GUESS' }, /source is "GUESS", not one of/],
    ['a model id that is none', { model: { kind: 'sparse', id: 'abc' } }, /model.id is "abc"/],
    [
      'an end beyond the nodes',
      { edges: { kind: 'WEIGHT', source: [0], target: [99], weight: [1] } },
      /edges.target\[0\] is 99/,
    ],
    [
      'columns of two lengths',
      { edges: { kind: 'WEIGHT', source: [0], target: [1], weight: [] } },
      /edges.weight has 0 values, edges.source has 1/,
    ],
    [
      'a weight that is text',
      { edges: { kind: 'WEIGHT', source: [0], target: [1], weight: ['1'] } },
      /edges.weight\[0\] is "1"/,
    ],
    ['an unscored weight', { edges: { kind: 'WEIGHT', source: [0], target: [1], weight: [null] } }, /is NaN/],
    ['a node that is no address', { nodes: [{ address: 'nowhere' }] }, /"nowhere" is not an address/],
    ['nodes that are no list', { nodes: {} }, /nodes is \{\}, not a list/],
  ])('refuses %s with the place', async (_, change, message) => {
    await expect(imported(file({ ...fullForm(), ...change }))).rejects.toThrow(message)
  })

  it('says where broken JSON breaks', async () => {
    await expect(imported(new TextEncoder().encode('{"format": '))).rejects.toMatchObject({
      code: 'BAD_FILE',
      message: expect.stringContaining('c.json is not JSON'),
    })
  })
})

describe('the short form', () => {
  it('gives the circuit back, with the edges that the model has between its nodes', async () => {
    const circuit = zooCircuit(stringClosing)
    const bytes = (await writeShortCircuitJson(circuit, model))!
    expect(JSON.parse(new TextDecoder().decode(bytes))).not.toHaveProperty('edges')
    expect((await imported(bytes, async () => model)).id).toBe(circuit.id)
  })

  it('round-trips every choice of kept nodes, as both forms do', async () => {
    const sites = maskableSites(model.config)
    const all = sites.flatMap(({ tap, width }) => Array.from({ length: width }, (_, i) => `${tap}[${i}]`))
    await fc.assert(
      fc.asyncProperty(fc.subarray(all, { maxLength: 20 }), async (nodes) => {
        const circuit = circuitOfModel(prepared, {
          task: null,
          maskedSites: sites.map((site) => site.tap),
          nodes,
        })
        expect((await imported((await writeShortCircuitJson(circuit, model))!, async () => model)).id).toBe(
          circuit.id,
        )
        expect((await imported(writeCircuitJson(circuit))).id).toBe(circuit.id)
      }),
      { numRuns: 100, seed: 6 },
    )
  })

  it('has the edges of a brute-force look at the weights', () => {
    const nodes = [
      '0.attn.act_in[0]',
      '0.attn.act_in[1]',
      '0.attn.act_in[3]',
      '0.attn.k[0]',
      '0.attn.v[0]',
      '0.attn.v[1]',
    ]
    const circuit = circuitOfModel(prepared, {
      task: null,
      maskedSites: ['0.attn.act_in', '0.attn.k', '0.attn.v'],
      nodes,
    })
    const edges = Array.from(circuit.edges.weight, (weight, e) => [
      circuit.nodes[circuit.edges.source[e]!]!.address,
      circuit.nodes[circuit.edges.target[e]!]!.address,
      weight,
    ])
    expect(edges).toEqual([
      ['0.attn.act_in[0]', '0.attn.k[0]', Math.log(9)],
      ['0.attn.act_in[1]', '0.attn.v[0]', 1],
      ['0.attn.act_in[3]', '0.attn.v[1]', 1],
    ])
  })

  it('is not written for a circuit that the model does not give', async () => {
    const circuit = zooCircuit(stringClosing)
    const fewer = { ...circuit, id: '0'.repeat(64) }
    const labelled = { ...circuit, nodes: circuit.nodes.map((node) => ({ ...node, label: 'x' })) }
    const elsewhere = { ...circuit, nodes: circuit.nodes.map((node) => ({ ...node, address: 'embed[0]' })) }
    for (const other of [fewer, labelled, elsewhere])
      expect(await writeShortCircuitJson(other, model)).toBeNull()
  })

  const short = {
    format: 'circuitql/circuit',
    version: 1,
    source: 'SPARSE_WEIGHTS',
    model: '../string-closing',
    task: null,
    maskedSites: ['0.attn.q'],
    nodes: ['0.attn.q[0]'],
  }

  it('asks for the model by whatever the file calls it', async () => {
    const asked: string[] = []
    const record = await readCircuitJson(
      bytesFile('c.json', file(short)),
      async (reference) => {
        asked.push(reference)
        return model
      },
      { ...CONTEXT, name: 'mine' },
    )
    expect(asked).toEqual(['../string-closing'])
    expect([record.name, record.circuit.model, record.importRecord.subjectId]).toEqual([
      'mine',
      { kind: 'sparse', id: model.id },
      record.circuit.id,
    ])
  })

  it.each([
    ['a channel that the model lacks', { nodes: ['0.attn.q[2]'] }, /no channel 0.attn.q\[2\]/],
    ['a layer that the model lacks', { nodes: ['1.attn.q[0]'] }, /no channel 1.attn.q\[0\]/],
    [
      'a node outside the masked sites',
      { nodes: ['0.attn.k[0]'] },
      /0.attn.k\[0\] stands at a site that is not masked/,
    ],
    ['a site that the model lacks', { maskedSites: ['7.attn.q'] }, /no site "7.attn.q"/],
    ['a node with a position', { nodes: ['0.attn.q[0]@3'] }, /not a channel/],
    ['a node twice', { nodes: ['0.attn.q[0]', '0.attn.q[0]'] }, /two nodes/],
    ['another source', { source: 'ATTRIBUTION_GRAPH' }, /source \(of a file without edges\)/],
    ['the id of another model', { model: 'a'.repeat(64) }, /the model at hand is/],
  ])('refuses %s', async (_, change, message) => {
    await expect(imported(file({ ...short, ...change }), async () => model)).rejects.toThrow(message)
  })

  it('gives the same record for the same file, and knows its files by their first bytes', async () => {
    const bytes = file(short)
    const [a, b] = await Promise.all(
      [1, 2].map(async () => readCircuitJson(bytesFile('c.json', bytes), async () => model, CONTEXT)),
    )
    expect(a).toEqual(b)
    expect(a!.importRecord.files).toEqual([
      { name: 'c.json', sha256: await bytesFile('c.json', bytes).sha256(), bytes: bytes.length },
    ])
    expect([
      looksLikeCircuitJson(bytes.subarray(0, 200)),
      looksLikeCircuitJson(file({ metadata: {} })),
    ]).toEqual([true, false])
  })
})
