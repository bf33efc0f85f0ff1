import { parseAddress } from '../../../src/domain/address.js'
import { buildGraph } from '../../../src/domain/build-circuit.js'
import { compareAddresses } from '../../../src/domain/canonical-order.js'
import type { CircuitNode, GraphData } from '../../../src/domain/graph-data.js'
import { countPaths } from '../../../src/graph/path-count.js'
import { descendantsOf } from '../../../src/graph/reachability.js'
import { rowShares } from '../../../src/graph/row-shares.js'
import { strongestPaths } from '../../../src/graph/strongest-paths.js'
import { topologicalOrder } from '../../../src/graph/topological-order.js'
import { hopKind, storedWalk, type WalkGraph } from '../../../src/graph/walk-graph.js'
import { type WalkEnd, type WeightLinks, weightWalk } from '../../../src/graph/weight-walk.js'
import { allPaths, type EdgeRow, graphOf, seeded } from './brute-force.js'

const D_MODEL = 3
const D_HEAD = 2

function circuit(
  addresses: readonly string[],
  edges: readonly (readonly [string, string, number])[],
  maskedSites: readonly string[] = [],
): GraphData {
  return buildGraph({
    source: 'SPARSE_WEIGHTS',
    edgeMeaning: 'WEIGHT',
    model: { kind: 'foreign', name: 'test', dictionary: null },
    task: null,
    prompt: null,
    maskedSites,
    nodes: addresses.map((text) => ({ place: parseAddress(text) })),
    edges: {
      source: edges.map((e) => addresses.indexOf(e[0])),
      target: edges.map((e) => addresses.indexOf(e[1])),
      weight: edges.map((e) => e[2]),
      kind: 'WEIGHT',
    },
  })
}

/** Gains that tell readers apart; channels from D_MODEL on are positions. */
const gainOf = ({ place: { site } }: CircuitNode): number | null =>
  site.kind === 'channel' && site.index < D_MODEL ? 1 + site.layer + site.index / 4 : null
const setting = { dHead: D_HEAD, gainOf }

/** A random circuit of two layers, with every write → read pair as an edge of its own beside it. */
function world(seed: number, links: WeightLinks, withEnds: boolean) {
  const random = seeded(seed)
  const keep = (chance: number): boolean => random() < chance
  const weight = (): number => Math.round((random() * 4 - 2) * 4) / 4 || 1
  const nodes: string[] = []
  const weights: (readonly [string, string, number])[] = []
  const connect = (from: readonly string[], to: readonly string[]): void => {
    for (const a of from) for (const b of to) if (keep(0.5)) weights.push([a, b, weight()])
  }
  const some = (name: string, width: number): string[] => {
    const found = Array.from({ length: width }, (_, i) => `${name}[${i}]`).filter(() => keep(0.5))
    nodes.push(...found)
    return found
  }
  if (!withEnds || keep(0.5)) some('embed', D_MODEL)
  for (const layer of [0, 1]) {
    const read = some(`${layer}.attn.act_in`, D_MODEL + 1)
    const heads = ['q', 'k', 'v'].map((tap) => some(`${layer}.attn.${tap}`, 2 * D_HEAD))
    for (const head of heads) connect(read, head)
    connect(heads[2]!, some(`${layer}.attn.resid_delta`, D_MODEL))
    const hidden = some(`${layer}.mlp.post_act`, 2)
    connect(some(`${layer}.mlp.act_in`, D_MODEL), hidden)
    connect(hidden, some(`${layer}.mlp.resid_delta`, D_MODEL))
  }
  if (!withEnds || keep(0.5)) some('final_resid', D_MODEL)
  const ends: WalkEnd[] = withEnds
    ? [
        { kind: 'token', token: 5, row: [2, 0, -1] },
        { kind: 'logit', token: 1, row: [1, -3, 0.5] },
      ]
    : []
  const data = circuit(nodes, weights)
  const walk = weightWalk(data, links, setting, ends)
  return { data, walk, naive: pairwise(data, links, ends) }
}

/** Names in canonical order, and all links written out one by one. */
function pairwise(data: GraphData, links: WeightLinks, ends: readonly WalkEnd[]) {
  const endNames = ends.map((end) => `${end.kind}(${end.token})`)
  const names = [...data.nodes.map((n) => n.address), ...endNames].sort((a, b) =>
    compareAddresses(parseAddress(a), parseAddress(b)),
  )
  const at = (name: string): number => names.indexOf(name)
  const edges: EdgeRow[] = Array.from({ length: data.edges.count }, (_, e) => [
    at(data.nodes[data.edges.source[e]!]!.address),
    at(data.nodes[data.edges.target[e]!]!.address),
    data.edges.weight[e]!,
  ])
  const parse = (name: string): { phase: number; tap: string; index: number } | null => {
    const m = /^(?:(\d)\.(attn|mlp)\.(\w+)|(embed|final_resid))\[(\d+)\]$/.exec(name)
    if (m === null) return null
    if (m[4] !== undefined) return { phase: m[4] === 'embed' ? -1 : 99, tap: m[4], index: Number(m[5]) }
    const phase = Number(m[1]) * 4 + (m[2] === 'mlp' ? 2 : 0) + (m[3] === 'resid_delta' ? 1 : 0)
    return { phase, tap: m[3]!, index: Number(m[5]) }
  }
  const sites = data.nodes.map((node) => ({ node, ...parse(node.address)! }))
  const isWrite = (tap: string): boolean => tap === 'resid_delta' || tap === 'embed'
  const gain = (s: (typeof sites)[number]): number | null =>
    s.tap === 'final_resid' ? 1 : s.tap === 'act_in' ? gainOf(s.node) : null
  const embeds = sites.filter((s) => s.tap === 'embed')
  const finals = sites.filter((s) => s.tap === 'final_resid')
  const add = (from: string, to: string, value: number | null): void => {
    if (value !== null && value !== 0) edges.push([at(from), at(to), value])
  }
  if (links.residual) {
    for (const w of sites.filter((s) => isWrite(s.tap)))
      for (const r of sites)
        if (r.index === w.index && r.phase > w.phase) add(w.node.address, r.node.address, gain(r))
  }
  for (const [i, end] of ends.entries()) {
    const name = endNames[i]!
    if (end.kind === 'token') {
      for (const s of embeds) add(name, s.node.address, end.row[s.index]!)
      if (embeds.length > 0 || !links.residual) continue
      for (const r of sites) {
        const g = gain(r)
        if (g !== null) add(name, r.node.address, end.row[r.index]! * g)
      }
    } else {
      for (const s of finals) add(s.node.address, name, end.row[s.index]!)
      if (finals.length > 0 || !links.residual) continue
      for (const w of sites.filter((s) => isWrite(s.tap))) add(w.node.address, name, end.row[w.index]!)
      const token = ends.findIndex((e) => e.kind === 'token')
      if (embeds.length > 0) continue
      for (let c = 0; c < D_MODEL; c++) add(endNames[token]!, name, ends[token]!.row[c]! * end.row[c]!)
    }
  }
  if (links.attention === 'OV_AND_QK') {
    const headOf = (index: number): number => Math.floor(index / D_HEAD)
    for (const control of sites.filter((s) => s.tap === 'q' || s.tap === 'k')) {
      for (const write of sites.filter((s) => s.tap === 'resid_delta' && s.phase === control.phase + 1)) {
        const written = Array.from({ length: data.edges.count }, (_, e) => e).some((e) => {
          const from = sites[data.edges.source[e]!]!
          return (
            data.edges.target[e] === write.node.ordinal &&
            from.tap === 'v' &&
            headOf(from.index) === headOf(control.index)
          )
        })
        if (written) edges.push([at(control.node.address), at(write.node.address), Number.NaN])
      }
    }
  }
  return { names, graph: graphOf(names.length, edges) }
}

const ALL_LINKS: readonly WeightLinks[] = [
  { residual: true, attention: 'OV_ONLY' },
  { residual: true, attention: 'OV_AND_QK' },
  { residual: false, attention: 'OV_AND_QK' },
]

function tell(walk: WalkGraph, sources: readonly number[], sinks: readonly number[]) {
  const order = topologicalOrder(walk.graph)
  const stream = strongestPaths(walk.graph, order, {
    sources,
    sinks,
    rank: 'ABSOLUTE_PRODUCT',
    transparent: walk.transparent,
  })
  const rows: { nodes: readonly number[]; product: number | null }[] = []
  for (let path = stream.next(); path !== null; path = stream.next())
    rows.push({ nodes: path.nodes, product: path.product })
  return { rows, count: countPaths(walk.graph, order, sources, sinks).total }
}

describe('the walk on weights', () => {
  for (const withEnds of [false, true]) {
    for (const links of ALL_LINKS) {
      it(`has the paths of the graph with all links written out (${JSON.stringify(links)}, ends ${withEnds})`, () => {
        let compared = 0
        for (let seed = 1; seed <= 60; seed++) {
          const { data, walk, naive } = world(seed, links, withEnds)
          const every = [...walk.indexOf, ...walk.ends]
          const firstAndLast = withEnds
            ? ([[walk.ends[0]!], [walk.ends[1]!]] as const)
            : ([every.slice(0, 3), every.slice(-3)] as const)
          // Without residual links paths are so short that all ends can be asked for at once.
          const [sources, sinks] = links.residual ? firstAndLast : [every, every]
          expect(walk.indexOf).toHaveLength(data.nodes.length)
          const listed = allPaths(naive.graph, sources, sinks)
          const found = tell(walk, sources, sinks)
          const line = (nodes: readonly number[], product: number | null): string =>
            `${nodes.map((v) => naive.names[v]).join(' ')} = ${product}`
          const expected = listed.map((p) => {
            const product = p.edges.reduce((all, e) => all * naive.graph.weight[e]!, 1)
            return line(p.nodes, Number.isNaN(product) ? null : product)
          })
          expect(found.rows.map((r) => line(r.nodes, r.product)).sort()).toEqual(expected.sort())
          expect(found.count).toBe(BigInt(expected.length))
          compared += expected.length
        }
        expect(compared).toBeGreaterThan(50)
      })
    }
  }

  it('keeps stored edges under their own numbers and nodes in canonical order', () => {
    const { data, walk } = world(4, ALL_LINKS[1]!, true)
    for (let e = 0; e < data.edges.count; e++) {
      expect(walk.ordinalOf[walk.graph.source[e]!]).toBe(data.edges.source[e])
      expect(walk.graph.weight[e]).toBe(data.edges.weight[e])
    }
    const stored = [...walk.ordinalOf].filter((ordinal) => ordinal >= 0)
    expect(stored).toEqual(data.nodes.map((n) => n.ordinal))
    expect(walk.ends.every((v) => walk.transparent[v] === 0 && walk.ordinalOf[v] === -1)).toBe(true)
  })

  it('needs links in proportion to reads and writes, not to their product', () => {
    const layers = 200
    const addresses: string[] = []
    for (let l = 0; l < layers; l++) addresses.push(`${l}.attn.act_in[0]`, `${l}.attn.resid_delta[0]`)
    const walk = weightWalk(circuit(addresses, []), ALL_LINKS[0]!, { ...setting, gainOf: () => 1 })
    expect(walk.graph.edgeCount).toBeLessThan(3 * 2 * layers)
    const order = topologicalOrder(walk.graph)
    // Write of layer 0 to the read of every later layer.
    const first = walk.indexOf[1]!
    const reads = Array.from({ length: layers }, (_, l) => walk.indexOf[2 * l]!)
    expect(countPaths(walk.graph, order, [first], reads).total).toBe(BigInt(layers - 1))
    const near = descendantsOf(walk.graph, [first], { hops: 1, transparent: walk.transparent })
    expect(reads.filter((v) => near[v] === 1)).toHaveLength(layers - 1)
    // Shares of a read: its writers share it equally.
    const shares = rowShares(walk.graph, order, walk.transparent)
    const last = reads[layers - 1]!
    expect(shares[walk.graph.inEdge[walk.graph.inStart[last]!]!]).toBe(1 / (layers - 1))
  })

  it('lets a layer read before it writes, and attention before the MLP', () => {
    const names = [
      '0.attn.act_in[0]',
      '0.attn.resid_delta[0]',
      '0.mlp.act_in[0]',
      '0.mlp.resid_delta[0]',
      'final_resid[0]',
    ]
    const walk = weightWalk(circuit(names, []), ALL_LINKS[0]!, setting)
    const reaches = (from: number): number[] => {
      const seen = descendantsOf(walk.graph, [from])
      return names.map((_, v) => v).filter((v) => v !== from && seen[v] === 1)
    }
    expect([0, 1, 2, 3].map(reaches)).toEqual([[], [2, 4], [], [4]])
  })

  it('names hops by what they are', () => {
    const data = circuit(
      ['0.mlp.act_in[0]', '0.mlp.post_act[1]', '0.mlp.resid_delta[1]'],
      [
        ['0.mlp.act_in[0]', '0.mlp.post_act[1]', 2],
        ['0.mlp.post_act[1]', '0.mlp.resid_delta[1]', 3],
      ],
    )
    const walk = weightWalk(data, ALL_LINKS[0]!, { ...setting, gainOf: () => 0.5 }, [
      { kind: 'token', token: 9, row: [4, 0] },
      { kind: 'logit', token: 2, row: [0, -1] },
    ])
    const path = strongestPaths(walk.graph, topologicalOrder(walk.graph), {
      sources: [walk.ends[0]!],
      sinks: [walk.ends[1]!],
      rank: 'ABSOLUTE_PRODUCT',
      transparent: walk.transparent,
    }).next()!
    expect(path.nodes).toHaveLength(5)
    expect(path.values).toEqual([2, 2, 3, -1])
    expect(path.product).toBe(-12)
    expect(path.edges.map((e, i) => hopKind(walk, path.firstEdges[i]!, e))).toEqual([
      'EMBEDDING',
      'WEIGHT',
      'WEIGHT',
      'UNEMBEDDING',
    ])
  })

  it('does not go round a masked final residual: channels that the circuit leaves out have no link', () => {
    const ends: WalkEnd[] = [{ kind: 'logit', token: 0, row: [1] }]
    const masked = weightWalk(
      circuit(['0.mlp.resid_delta[0]'], [], ['final_resid']),
      ALL_LINKS[0]!,
      setting,
      ends,
    )
    expect(masked.graph.edgeCount).toBe(0)
    const open = weightWalk(circuit(['0.mlp.resid_delta[0]'], []), ALL_LINKS[0]!, setting, ends)
    expect(open.graph.edgeCount).toBe(2)
  })

  it('holds more control links than a call has room for arguments', () => {
    const writes = Array.from({ length: 150_000 }, (_, c) => `0.attn.resid_delta[${c}]`)
    const data = buildGraph({
      source: 'SPARSE_WEIGHTS',
      edgeMeaning: 'WEIGHT',
      model: { kind: 'foreign', name: 'test', dictionary: null },
      task: null,
      prompt: null,
      maskedSites: [],
      nodes: ['0.attn.q[0]', '0.attn.v[0]', ...writes].map((text) => ({ place: parseAddress(text) })),
      edges: {
        source: new Uint32Array(writes.length).fill(1),
        target: Uint32Array.from(writes, (_, c) => 2 + c),
        weight: new Float64Array(writes.length).fill(1),
        kind: 'WEIGHT',
      },
    })
    const walk = weightWalk(data, { residual: true, attention: 'OV_AND_QK' }, setting)
    const reached = descendantsOf(walk.graph, [walk.indexOf[0]!], { transparent: walk.transparent })
    expect(data.nodes[0]!.address).toBe('0.attn.q[0]')
    // All but v and, as told, the points that carry links.
    expect(reached.reduce((sum, one) => sum + one, 0)).toBe(1 + 1 + writes.length)
  })

  it('links tokens to logits by the bigram table where it is asked for, and not by entries of 0', () => {
    const data = circuit(['0.mlp.act_in[0]'], [])
    const ends: WalkEnd[] = [
      { kind: 'token', token: 9, row: [0] },
      { kind: 'logit', token: 2, row: [0] },
      { kind: 'logit', token: 4, row: [0] },
    ]
    const table = [[], [-3], [0]]
    const withTable = { ...setting, bigramOf: (_token: number, logit: number) => table[logit]![0]! }
    for (const [bigram, made, expected] of [
      [true, withTable, 1],
      [undefined, withTable, 0],
      [true, { ...setting, bigramOf: null }, 0],
    ] as const) {
      const links = { ...ALL_LINKS[0]!, ...(bigram === true ? { bigram } : {}) }
      const { graph, ends: placed, ...walk } = weightWalk(data, links, made, ends)
      expect(graph.edgeCount).toBe(expected)
      if (expected === 0) continue
      expect([graph.source[0], graph.target[0], graph.weight[0]]).toEqual([placed[0], placed[1], -3])
      expect(hopKind({ graph, ends: placed, ...walk }, 0, 0)).toBe('BIGRAM')
    }
  })

  it('refuses a row that is shorter than the channels it must reach', () => {
    const ends: WalkEnd[] = [{ kind: 'token', token: 0, row: [1] }]
    expect(() => weightWalk(circuit(['embed[2]'], []), ALL_LINKS[0]!, setting, ends)).toThrow(
      'residual channel 2 has no finite value in a row of 1',
    )
  })
})

describe('the walk on a stored graph', () => {
  it('is the graph itself', () => {
    const data = circuit(
      ['0.mlp.act_in[0]', '0.mlp.post_act[1]'],
      [['0.mlp.act_in[0]', '0.mlp.post_act[1]', 2]],
    )
    const walk = storedWalk(data)
    expect([...walk.ordinalOf]).toEqual([0, 1])
    expect(walk.graph.edgeCount).toBe(1)
    expect(hopKind(walk, 0, 0)).toBe('WEIGHT')
  })
})
