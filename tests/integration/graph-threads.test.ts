/** Queries over graphs, answered in threads: over real HTTP, with the very answers of a server without threads. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { compose, type House } from '../../src/compose.js'
import { buildApiSchema } from '../../src/server/api-schema.js'
import { createHttpServer, type RunningServer } from '../../src/server/http-server.js'
import { QuestionPool } from '../../src/server/question-pool.js'
import { type Settings, settingsFrom } from '../../src/settings.js'
import { openEmbeddedStore } from '../../src/stores/embedded/open-embedded.js'
import { layeredCircuit } from '../support/layered-circuit.js'
import { circuitRecord } from '../support/random-circuit.js'

const LARGE = layeredCircuit({ layers: 12, width: 60, degree: 20, seed: 7 })
const OR_PROBLEM = '... on Problem { code message hint path }'
const QUESTIONS: Readonly<Record<string, string>> = {
  facts: 'nodeCount edgeCount capabilities prompt { text } model { __typename }',
  nodes:
    'nodes(first: 30, orderBy: { by: { field: ADDRESS }, direction: DESC }) { totalCount nodes { id kind layer } pageInfo { endCursor } }',
  edges:
    'edges(first: 50, filter: { weight: { absGte: 0.2 } }, orderBy: { by: { field: ABS_WEIGHT }, direction: DESC }) { totalCount nodes { id weight source { address } } pageInfo { endCursor } }',
  summary: 'summary { nodeCount absWeightQuantiles maxInDegree byLayerAndTap { layer kind nodes } }',
  columns: `columns { ... on GraphColumns { nodeAddress source target weight } ${OR_PROBLEM} }`,
  select:
    'select(expression: { edges: { weight: { absGte: 0.5 } } }) { id hash nodeCount edges(first: 5) { nodes { id } } }',
  paths: `paths(first: 20) { ... on PathAnswer { totalCount coveredMass paths { nodes { rank product addresses } edges { cursor } } provenance { questionHash } } ${OR_PROBLEM} }`,
  flow: `flow { ... on FlowAnswer { pathCount signedTotal absoluteTotal } ${OR_PROBLEM} }`,
  influence: `influence { ... on InfluenceAnswer { columns { nodeAddress influence } } ${OR_PROBLEM} }`,
  'a refusal': `paths(from: { addresses: ["nowhere"] }) { ... on PathAnswer { totalCount } ${OR_PROBLEM} }`,
  'an error at the top': 'select(expression: { upstreamOf: { of: { addresses: ["nowhere"] } } }) { id }',
}

describe('a server with threads for queries over graphs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'circuitql-large-'))
  const settings: Settings = settingsFrom({ PORT: '0', CIRCUITQL_STORE: `embedded:${folder}` })
  let house: House
  let threads: QuestionPool
  let plain: RunningServer
  let threaded: RunningServer
  let operations: jest.SpyInstance

  beforeAll(async () => {
    house = await compose(settings, { inThread: true })
    await house.prepare(new AbortController().signal)
    const migrationsDirectory = join(__dirname, '../../migrations/embedded')
    const store = await openEmbeddedStore({ directory: folder, migrationsDirectory })
    await store.putCircuit({ ...circuitRecord(LARGE, 7), annotations: [], scoreSets: [] })
    await store.close()
    threads = new QuestionPool({
      settings,
      threads: 1,
      workerFile: pathToFileURL(join(__dirname, '../support/question-thread.cjs')),
    })
    operations = jest.spyOn(threads, 'answer')
    const log = { info: () => {}, error: (message: string, error?: unknown) => console.error(message, error) }
    const options = {
      settings,
      useCases: house,
      schema: buildApiSchema(),
      version: house.version,
      exampleQueries: '',
      log,
    }
    plain = await createHttpServer(options)
    threaded = await createHttpServer({
      ...options,
      useCases: { ...house, deleteCircuit },
      questions: threads,
    })
  }, 60_000)
  beforeEach(() => jest.clearAllMocks())
  afterAll(async () => {
    await plain?.close()
    await threaded?.close()
    await threads?.close()
    await house?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const deleteCircuit = async (id: string): Promise<boolean> => {
    const wasThere = await house.deleteCircuit(id)
    threads.forget(id)
    return wasThere
  }
  const post = (server: RunningServer, query: string, more: RequestInit = {}): Promise<Response> =>
    fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
      ...more,
    })
  const circuit = (field: string): string => `{ circuit(ref: { id: "${LARGE.id}" }) { ${field} } }`

  it.each(Object.entries(QUESTIONS))(
    'gives the same answer: %s',
    async (name, field) => {
      const [here, there] = await Promise.all([post(plain, circuit(field)), post(threaded, circuit(field))])
      expect(there.status).toBe(here.status)
      expect(there.headers.get('content-type')).toBe(here.headers.get('content-type'))
      const answer = await there.json()
      expect(answer).toEqual(await here.json())
      expect(JSON.stringify(answer).includes('"code"')).toBe(name.startsWith('a'))
      expect(operations).toHaveBeenCalledTimes(1)
    },
    60_000,
  )

  it.each(Object.entries(QUESTIONS))(
    'gives the same answer as a stream of events: %s',
    async (_, field) => {
      const asked = async ({ url }: RunningServer): Promise<unknown> => {
        const response = await fetch(`${url}/graphql/stream`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
          body: JSON.stringify({ query: circuit(field) }),
        })
        expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
        const [, next, complete] = (await response.text()).split('\n\n')
        expect(complete).toMatch(/^event: complete/)
        return JSON.parse(next!.replace(/^event: next\ndata: /, ''))
      }
      const there = await asked(threaded)
      expect(operations).toHaveBeenCalledTimes(1)
      expect(there).toEqual(await asked(plain))
      expect(there).toEqual(await (await post(threaded, circuit(field))).json())
    },
    60_000,
  )

  it.each(['arrow', 'jsonl'])('makes the same downloads: %s', async (ending) => {
    const bytes = async ({ url }: RunningServer): Promise<Buffer> => {
      const response = await fetch(`${url}/graphs/circuit:${LARGE.id}.${ending}`)
      expect(response.status).toBe(200)
      return Buffer.from(await response.arrayBuffer())
    }
    const opened = jest.spyOn(house, 'graphPart')
    const there = await bytes(threaded)
    expect(opened).not.toHaveBeenCalled()
    expect(there.equals(await bytes(plain))).toBe(true)
    const missing = await fetch(`${threaded.url}/graphs/circuit:${'0'.repeat(64)}.${ending}`)
    expect(missing.status).toBe(404)
    expect((await missing.json()).errors[0].extensions.code).toBe('NOT_FOUND')
  })

  it('lives on when the reader of a stream or of a download goes in the middle', async () => {
    const leave = async (request: Promise<Response>): Promise<void> => {
      const reader = (await request).body!.getReader()
      await reader.read()
      await reader.cancel()
    }
    const query = circuit('columns { ... on GraphColumns { nodeAddress source target kind port weight } }')
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream' }
    for (let i = 0; i < 3; i++) {
      await leave(
        fetch(`${threaded.url}/graphql/stream`, { method: 'POST', headers, body: JSON.stringify({ query }) }),
      )
      await leave(fetch(`${threaded.url}/graphs/circuit:${LARGE.id}.jsonl`))
    }
    expect((await post(threaded, circuit(QUESTIONS['summary']!))).status).toBe(200)
  })

  it('estimates on a large graph in a thread, with the same answer on each route', async () => {
    const query =
      circuit(`run(input: { interventions: [{ address: "feature(3/5)@1", change: { scale: 0 } }] allowEstimate: true }) {
      ... on RunAnswer { basis changes { change } } ${OR_PROBLEM} }`)
    const there = await (await post(threaded, query)).json()
    expect(operations).toHaveBeenCalledTimes(1)
    expect(there).toEqual(await (await post(plain, query)).json())
    expect(there.data.circuit.run).toMatchObject({ basis: 'GRAPH_ESTIMATE' })
    const events = await fetch(`${threaded.url}/graphql/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query }),
    })
    const [, next] = (await events.text()).split('\n\n')
    expect(JSON.parse(next!.replace(/^event: next\ndata: /, ''))).toEqual(there)
    expect(operations).toHaveBeenCalledTimes(2)
  })

  it('runs models itself', async () => {
    const query = `{ circuit(ref: { name: "string-closing" }) { paths(first: 4000) { ... on PathAnswer { paths { nodes { rank } } } }
      run(input: { prompt: { text: "x=(\\"abc" } }) { ... on RunAnswer { next { id } } } } }`
    expect((await (await post(threaded, query)).json()).errors).toBeUndefined()
    expect(operations).not.toHaveBeenCalled()
  })

  it('answers on when askers have gone in the middle of their questions', async () => {
    const long = circuit(
      'paths(first: 10000) { ... on PathAnswer { paths { nodes { rank product } } } ... on Problem { code } }',
    )
    for (let i = 0; i < 4; i++) {
      const gone = new AbortController()
      const asked = post(threaded, long, { signal: gone.signal })
      setTimeout(() => gone.abort(), 30 * i)
      await asked.catch(() => {})
    }
    const { data } = await (await post(threaded, circuit(QUESTIONS['flow']!))).json()
    expect(Number(data.circuit.flow.pathCount)).toBeGreaterThan(0)
  }, 60_000)

  it('ends the work of an asker who has gone, as cancelled, and works on', async () => {
    const gone = new AbortController()
    const query = circuit('paths(first: 10000) { ... on PathAnswer { paths { nodes { rank product } } } }')
    const asked = threads.answer({ query, variables: {}, operationName: null }, gone.signal)
    gone.abort()
    await expect(asked).rejects.toMatchObject({ code: 'CANCELLED' })
    const again = threads.answer({ query, variables: {}, operationName: null }, new AbortController().signal)
    expect(await again).toMatchObject({ hasErrors: false })
  }, 60_000)

  it('knows no graph that has been deleted, though a thread may still hold it', async () => {
    const { data } = await (await post(threaded, circuit(QUESTIONS['select']!))).json()
    const { id } = data.circuit.select
    await deleteCircuit(LARGE.id)
    const after = await (
      await post(threaded, `{ node(id: "${id}") { id } ${circuit('summary { nodeCount }').slice(1)}`)
    ).json()
    expect(after.data).toEqual({ node: null, circuit: null })
    expect((await fetch(`${threaded.url}/graphs/circuit:${LARGE.id}.arrow`)).status).toBe(404)
  })
})
