/** Work in progress ends within 100 ms of the moment at which nobody waits for it, over real sockets. */
import { connect } from 'node:net'
import { askFlow } from '../../src/application/ask-flow.js'
import { askPaths } from '../../src/application/ask-paths.js'
import { PathEnumerations } from '../../src/application/path-enumerations.js'
import type { UseCases } from '../../src/application/use-cases.js'
import { openHouse, type TestHouse } from '../support/house.js'
import { attributionGraph, opened } from '../support/tiny-graph.js'
import { type TestServer, testServer } from '../unit/server/test-server.js'
import { TINY_CATALOGUE } from '../unit/server/tiny-catalogue.js'

const ENDS_WITHIN_MS = 100
const LAYERS = 60
const WIDTH = 24

/** Every node of a layer leads to every node of the next: 24⁶⁰ paths. */
function layered() {
  const name = (layer: number, i: number): string => `feature(${layer}/${i})@0`
  const every = Array.from({ length: WIDTH }, (_, i) => i)
  const layers = Array.from({ length: LAYERS }, (_, layer) => layer)
  return attributionGraph(
    layers.flatMap((layer) => every.map((i) => name(layer, i))),
    layers
      .slice(1)
      .flatMap((layer) =>
        every.flatMap((i) =>
          every.map((j) => [name(layer - 1, i), name(layer, j), 1 + ((i * j) % 7) / 8] as const),
        ),
      ),
  )
}

interface Watched {
  readonly server: TestServer
  /** When a question began, and when it ended by an error. */
  readonly begun: Promise<void>
  readonly ended: Promise<{ readonly at: number; readonly code: unknown }>
}

async function watching(useCases: Partial<UseCases>, questionTimeoutMs = 60_000): Promise<Watched> {
  let begin = (): void => {}
  let end: (outcome: { at: number; code: unknown }) => void = () => {}
  const begun = new Promise<void>((resolve) => {
    begin = resolve
  })
  const ended = new Promise<{ at: number; code: unknown }>((resolve) => {
    end = resolve
  })
  const watched = Object.fromEntries(
    Object.entries(useCases).map(([name, ask]) => [
      name,
      name.startsWith('ask') || name === 'faithfulness'
        ? async (...request: never[]) => {
            begin()
            try {
              return await (ask as (...args: never[]) => Promise<unknown>)(...request)
            } catch (error) {
              end({ at: performance.now(), code: (error as { code?: unknown }).code })
              throw error
            }
          }
        : ask,
    ]),
  )
  return { server: await testServer(watched as Partial<UseCases>, { questionTimeoutMs }), begun, ended }
}

const QUERIES = {
  paths: '{ circuit(ref: {name: "x"}) { paths(first: 10000, rankBy: ABSOLUTE_PRODUCT) { __typename } } }',
  'paths of a pattern':
    '{ circuit(ref: {name: "x"}) { paths(first: 10000, pattern: "(:feature) ->{1,60} (:feature WHERE layer > 50)") { __typename } } }',
}

/** The bytes of a request, by hand: what is closed is the socket itself. */
function bytesOf(server: TestServer, transport: string, query: string): string {
  const { host } = new URL(server.url)
  const path = transport.startsWith('event stream') ? '/graphql/stream' : '/graphql'
  const accept = transport.startsWith('event stream') ? 'text/event-stream' : 'application/json'
  const head = `Host: ${host}\r\nAccept: ${accept}\r\nApollo-Require-Preflight: yes\r\n`
  if (transport === 'GET') return `GET ${path}?query=${encodeURIComponent(query)} HTTP/1.1\r\n${head}\r\n`
  const body = JSON.stringify({ query })
  return `POST ${path} HTTP/1.1\r\n${head}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}

/** Asks, leaves a little after the work has begun, and tells how long it went on after that. */
async function overtime({ server, begun, ended }: Watched, transport: string, query: string) {
  const { hostname, port } = new URL(server.url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  socket.write(bytesOf(server, transport, query))
  await begun
  await new Promise((resolve) => setTimeout(resolve, 30))
  const left = performance.now()
  socket.destroy()
  const { at, code } = await ended
  return { code, afterMs: at - left }
}

describe('a client that goes away', () => {
  const graph = opened(layered())
  const clock = { now: () => '', elapsed: () => performance.now() }
  const deps = { clock, library: null as never, enumerations: new PathEnumerations(1e8) }
  const structural: Partial<UseCases> = {
    ...TINY_CATALOGUE,
    openCircuit: async () => graph,
    scores: async () => new Map(),
    askPaths: (open, question, asking) => askPaths(open, question, new Map(), asking, deps),
    askFlow: (open, question, asking) => askFlow(open, question, new Map(), asking, deps),
  }

  it.each(
    Object.entries(QUERIES).flatMap(([what, query]) =>
      ['POST', 'GET', 'event stream'].map((transport) => [what, transport, query] as const),
    ),
  )('ends %s asked over %s', async (_what, transport, query) => {
    const watched = await watching(structural)
    const { code, afterMs } = await overtime(watched, transport, query)
    await watched.server.close()
    expect(code).toBe('CANCELLED')
    expect(afterMs).toBeLessThan(ENDS_WITHIN_MS)
  })

  it('is not the only one who is heard: others are answered while a long question runs', async () => {
    const watched = await watching(structural, 1_000)
    const asked = watched.server.ask(QUERIES.paths)
    await watched.begun
    const waits: number[] = []
    for (let i = 0; i < 5; i++) {
      const sent = performance.now()
      await watched.server.ask('{ __typename }')
      waits.push(performance.now() - sent)
    }
    await asked
    await watched.server.close()
    expect(waits.sort((a, b) => a - b)[2]).toBeLessThan(150)
  })

  it('whose time is up is told so, and the work has ended', async () => {
    const watched = await watching(structural, 150)
    const began = performance.now()
    const { body } = await watched.server.ask(
      QUERIES['paths of a pattern'].replace('__typename', '... on Problem { code message }'),
    )
    const { at, code } = await watched.ended
    await watched.server.close()
    expect(body.data.circuit.paths).toEqual({
      code: 'CANCELLED',
      message: 'the request took longer than 150 ms',
    })
    expect(code).toBe('CANCELLED')
    expect(at - began).toBeLessThan(150 + 2 * ENDS_WITHIN_MS)
  })
})

describe('a client that goes away from a model', () => {
  let house: TestHouse
  beforeAll(async () => {
    house = await openHouse({}, true)
  }, 60_000)
  afterAll(() => house.close())

  it.each(['POST', 'GET', 'event stream'])('ends its runs, asked over %s', async (transport) => {
    const query =
      '{ circuit(ref: {name: "string-closing"}) { faithfulness(input: {randomDraws: 1000, controls: true}) { __typename } } }'
    // The best of three: a busy machine may hold this process up for longer than that.
    let best = Infinity
    for (let tries = 0; tries < 3 && best >= ENDS_WITHIN_MS; tries++) {
      const watched = await watching({ ...house.house })
      const { code, afterMs } = await overtime(watched, transport, query)
      await watched.server.close()
      expect(code).toBe('CANCELLED')
      best = Math.min(best, afterMs)
    }
    expect(best).toBeLessThan(ENDS_WITHIN_MS)
  })
})
