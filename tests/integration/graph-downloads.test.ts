/** Whole graphs over HTTP: what streams is what the graph holds, and caches may keep it. */
import { tableFromIPC } from 'apache-arrow'
import { graphArrow } from '../../src/formats/bulk/graph-arrow.js'
import { graphJsonLines } from '../../src/formats/bulk/graph-json-lines.js'
import { openHouse, type TestHouse } from '../support/house.js'
import { layeredCircuit } from '../support/layered-circuit.js'
import { randomCircuit } from '../support/random-circuit.js'
import { type TestServer, testServer } from '../unit/server/test-server.js'

describe('graph downloads', () => {
  let house: TestHouse
  let server: TestServer
  beforeAll(async () => {
    house = await openHouse({}, true)
    server = await testServer(house.house)
  }, 60_000)
  afterAll(async () => {
    await server.close()
    await house.close()
  })

  const named = async (name: string) => {
    const { circuit } = await house.ask<{
      circuit: {
        id: string
        arrow: string
        lines: string
        columns: { nodeAddress: string[]; source: number[]; target: number[]; weight: number[] }
        select: { download: string; edges: { totalCount: number } }
      }
    }>(
      `query Q($name: String!) { circuit(ref: { name: $name }) { id arrow: download(format: ARROW) lines: download(format: JSONL)
        columns { ... on GraphColumns { nodeAddress source target weight } }
        select(expression: { nodes: { layer: { eq: 0 } } }) { download(format: ARROW) edges(first: 1) { totalCount } } } }`,
      { name },
    )
    return circuit
  }

  it.each(['string-closing', 'attribution-example'])(
    'of %s tell every edge with its ends and weight',
    async (name) => {
      const { arrow, columns } = await named(name)
      const response = await fetch(`${server.url}${arrow}`)
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe('application/vnd.apache.arrow.stream')
      const table = tableFromIPC(new Uint8Array(await response.arrayBuffer()))
      expect(table.numRows).toBe(columns.source.length)
      table.toArray().forEach((row, e) => {
        expect(row.source).toBe(columns.nodeAddress[columns.source[e]!])
        expect(row.target).toBe(columns.nodeAddress[columns.target[e]!])
        expect(row.weight).toBe(columns.weight[e])
      })
    },
  )

  it('as JSON lines tell the graph, its nodes and its edges', async () => {
    const { id, lines, columns } = await named('string-closing')
    const text = await (await fetch(`${server.url}${lines}`)).text()
    const [head, ...rows] = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(head).toMatchObject({ id, edgeMeaning: 'WEIGHT', edges: columns.source.length })
    expect(rows.filter(({ node }) => node !== undefined).map(({ node }) => node)).toEqual(columns.nodeAddress)
    expect(rows.filter(({ source }) => source !== undefined).map(({ weight }) => weight)).toEqual(
      columns.weight,
    )
  })

  it('of derived graphs name their root and how they were made', async () => {
    const { id, select } = await named('string-closing')
    const table = tableFromIPC(
      new Uint8Array(await (await fetch(`${server.url}${select.download}`)).arrayBuffer()),
    )
    expect(table.numRows).toBe(select.edges.totalCount)
    expect(table.schema.metadata.get('root')).toBe(id)
    expect(JSON.parse(table.schema.metadata.get('expression')!)).toMatchObject({ kind: 'nodes' })
  })

  it('and columns of a collapsed graph say what is behind each edge', async () => {
    type Collapsed = {
      arrow: string
      lines: string
      edges: { nodes: { absWeight: number; edgeCount: number }[] }
      columns: { absWeight: number[]; edgeCounts: number[] }
    }
    const { circuit } = await house.ask<{
      circuit: { columns: { absWeight: null; edgeCounts: null }; select: Collapsed }
    }>(
      `{ circuit(ref: { name: "string-closing" }) { columns { ... on GraphColumns { absWeight edgeCounts } }
        select(expression: { collapse: { by: HEAD } }) { arrow: download(format: ARROW) lines: download(format: JSONL)
        edges(first: 1000) { nodes { absWeight edgeCount } } columns { ... on GraphColumns { absWeight edgeCounts } } } } }`,
    )
    expect(circuit.columns).toEqual({ absWeight: null, edgeCounts: null })
    const { arrow, lines, edges, columns } = circuit.select
    expect(edges.nodes.length).toBeGreaterThan(0)
    expect(columns.absWeight).toEqual(edges.nodes.map(({ absWeight }) => absWeight))
    expect(columns.edgeCounts).toEqual(edges.nodes.map(({ edgeCount }) => edgeCount))
    const table = tableFromIPC(
      new Uint8Array(await (await fetch(`${server.url}${arrow}`)).arrayBuffer()),
    ).toArray()
    expect(table.map((row) => row.absWeight)).toEqual(columns.absWeight)
    expect(table.map((row) => row.edgeCount)).toEqual(columns.edgeCounts)
    const text = await (await fetch(`${server.url}${lines}`)).text()
    const told = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ target }) => target !== undefined)
    expect(told.map(({ edgeCount }) => edgeCount)).toEqual(columns.edgeCounts)
  })

  it('need not be sent twice, and say what is not there', async () => {
    const { arrow } = await named('string-closing')
    const first = await fetch(`${server.url}${arrow}`, { method: 'HEAD' })
    expect(first.headers.get('cache-control')).toContain('immutable')
    const etag = first.headers.get('etag')!
    expect((await fetch(`${server.url}${arrow}`, { headers: { 'if-none-match': etag } })).status).toBe(304)
    const status = async (path: string, method = 'GET') =>
      (await fetch(`${server.url}${path}`, { method })).status
    expect(await status(`/graphs/circuit:${'0'.repeat(64)}.arrow`)).toBe(404)
    expect(await status('/graphs/circuit:x.csv')).toBe(404)
    expect(await status('/graphs/job:x.arrow')).toBe(400)
    expect(await status(arrow, 'POST')).toBe(405)
    const missing = await fetch(`${server.url}/graphs/circuit:${'0'.repeat(64)}.arrow`)
    expect(missing.headers.get('cache-control')).toBeNull()
  })
})

describe('an Arrow stream', () => {
  it('of any graph holds its edges, missing weights as null, in batches', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { nodes, edges, ...rest } = randomCircuit(seed)
      const graph = { nodes, edges, ...rest }
      const { bytes, next } = graphArrow(graph, { id: String(seed) }, 0)
      expect(next).toBeNull()
      const table = tableFromIPC(Uint8Array.from(bytes))
      expect(table.numRows).toBe(edges.count)
      expect(table.schema.metadata.get('id')).toBe(String(seed))
      table.toArray().forEach((row, e) => {
        expect(row.source).toBe(nodes[edges.source[e]!]!.address)
        expect(row.weight).toBe(Number.isNaN(edges.weight[e]!) ? null : edges.weight[e])
        expect(row.member).toBe(edges.member[e] === 1)
      })
    }
  })
})

describe('a download of a large graph', () => {
  // 300,000 edges: more than one part of either form.
  const circuit = layeredCircuit({ layers: 11, width: 400, degree: 75, seed: 3 })
  const whole = (part: (row: number) => { readonly bytes: Uint8Array; readonly next: number | null }) => {
    const parts: Uint8Array[] = []
    for (let row: number | null = 0; row !== null; ) {
      const { bytes, next } = part(row)
      parts.push(bytes)
      row = next
    }
    return parts
  }

  it('is Arrow in parts that are one stream', () => {
    const parts = whole((row) => graphArrow(circuit, { id: 'large' }, row))
    expect(parts.length).toBeGreaterThan(1)
    const table = tableFromIPC(Buffer.concat(parts))
    expect(table.numRows).toBe(circuit.edges.count)
    const weight = table.getChild('weight')!.toArray()
    expect(weight).toEqual(circuit.edges.weight)
    const last = table.get(circuit.edges.count - 1)!
    expect(last['source']).toBe(circuit.nodes[circuit.edges.source.at(-1)!]!.address)
    expect(last['target']).toBe(circuit.nodes[circuit.edges.target.at(-1)!]!.address)
  })

  it('is JSON lines in parts, each row once', () => {
    const parts = whole((row) => graphJsonLines(circuit, { id: 'large' }, row))
    expect(parts.length).toBeGreaterThan(1)
    const lines = Buffer.concat(parts).toString().trimEnd().split('\n')
    expect(lines).toHaveLength(1 + circuit.nodes.length + circuit.edges.count)
    expect(JSON.parse(lines.at(-1)!).weight).toBe(circuit.edges.weight.at(-1))
  })
})
