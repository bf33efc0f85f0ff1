/** Every door of the server over real HTTP, and every way of being turned away. */
import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { InvalidInput, LimitExceeded } from '../../../src/domain/errors.js'
import type { Job } from '../../../src/domain/job.js'
import { exampleTabs } from '../../../src/server/explorer-page.js'
import { type Body, type post, type TestServer, testServer } from './test-server.js'
import { TINY_CATALOGUE } from './tiny-catalogue.js'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

let server: TestServer
const running: TestServer[] = []
async function serve(...args: Parameters<typeof testServer>): Promise<TestServer> {
  const started = await testServer(...args)
  running.push(started)
  return started
}
beforeAll(async () => {
  server = await serve(TINY_CATALOGUE)
})
afterAll(() => Promise.all(running.map((one) => one.close())))

/** A raw request, since fetch neither sends a Host of its own nor breaks off. */
function raw(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string },
): Promise<{ status: number; headers: Record<string, unknown>; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method: options.method ?? 'GET', headers: options.headers ?? {} },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode!,
            headers: response.headers,
            text: Buffer.concat(chunks).toString(),
          }),
        )
      },
    )
    sent.on('error', reject)
    sent.end(options.body)
  })
}

describe('broken requests', () => {
  it('are told in JSON, without a stack or a path: bad JSON 400, too large 413, unknown charset 415', async () => {
    const json = { 'content-type': 'application/json' }
    for (const path of ['/graphql', '/graphql/stream']) {
      const cases = [
        [400, json, '{"query": '],
        [413, json, JSON.stringify({ query: `{ __typename } # ${'x'.repeat(3 * 2 ** 20)}` })],
        [415, { 'content-type': 'application/json; charset=latin9' }, '{}'],
      ] as const
      for (const [status, headers, body] of cases) {
        const answer = await raw(server.url + path, { method: 'POST', headers, body })
        expect([path, answer.status]).toEqual([path, status])
        expect(answer.headers['content-type']).toMatch(/application\/json/)
        expect(JSON.parse(answer.text).errors[0].extensions.code).toBe('BAD_REQUEST')
        expect(answer.text).not.toMatch(/node_modules|at .*\.js|\/src\//)
      }
    }
  })

  it('to addresses that do not exist or do not parse are 404 and 400 in JSON', async () => {
    expect((await raw(`${server.url}/nothing`, {})).status).toBe(404)
    const malformed = await raw(`${server.url}/artefacts/sha256/%zz`, { method: 'PUT' })
    expect(malformed.status).toBe(400)
    expect(JSON.parse(malformed.text).errors).toHaveLength(1)
  })

  it('with errors of our own making are masked under a log id', async () => {
    const buggy = await serve({
      ...TINY_CATALOGUE,
      summary: async () => {
        throw new TypeError('cannot read property of /secret/place.ts')
      },
    })
    const { body } = await buggy.ask('{ circuit(ref: {name: "x"}) { summary { nodeCount } } }')
    expect(body.errors[0].extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR' })
    expect(JSON.stringify(body)).not.toMatch(/secret|TypeError/)
    const id = /under ([0-9a-f-]{36})$/.exec(body.errors[0].message)?.[1]
    expect(buggy.logged.at(-1)).toMatchObject({
      message: expect.stringContaining(id!),
      error: expect.any(TypeError),
    })
  })
})

describe('the grammar of path patterns', () => {
  it('stands at the address that the schema names, where it may be kept', async () => {
    const { body } = await server.ask('{ __type(name: "PathPattern") { specifiedByURL } }')
    expect(body.data.__type.specifiedByURL).toBe('/grammar/path-pattern/v1')
    const { status, headers, text } = await raw(server.url + body.data.__type.specifiedByURL, {})
    expect([status, headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8'])
    expect(headers['cache-control']).toMatch(/public/)
    expect(text).toMatch(/^whole +=/)
  })
})

describe('names', () => {
  it('of other hosts and origins are refused, numbers and localhost are not', async () => {
    const port = new URL(server.url).port
    const as = (host: string, origin?: string) =>
      raw(`${server.url}/schema.graphql`, { headers: { host, ...(origin ? { origin } : {}) } }).then(
        (a) => a.status,
      )
    expect(await as(`localhost:${port}`)).toBe(200)
    expect(await as(`127.0.0.1:${port}`, `http://127.0.0.1:${port}`)).toBe(200)
    expect(await as(`[::1]:${port}`)).toBe(200)
    expect(await as('rebound.example')).toBe(403)
    expect(await as(`localhost:${port}`, 'https://elsewhere.example')).toBe(403)
    expect(await as(`localhost:${port}`, 'null')).toBe(403)
  })
})

describe('tokens', () => {
  it('let reading pass, and only their holders write, under their own names', async () => {
    const owners: string[] = []
    const guarded = await serve(
      {
        ...TINY_CATALOGUE,
        importFiles: async ({ owner }) => {
          owners.push(owner)
          return JOB
        },
      },
      { tokens: [{ name: 'ada', token: 's3cret' }] },
    )
    const write = `mutation { importFiles(input: {files: [{sha256: "${sha256('x')}", fileName: "x"}]}) { ... on ImportFilesPayload { job { owner state } } } }`
    expect((await guarded.ask('{ meta { version } }')).status).toBe(200)
    const refused = await guarded.ask(write)
    expect([refused.status, refused.body.errors[0].extensions.code]).toEqual([401, 'UNAUTHENTICATED'])
    const wrong = await guarded.ask('{ __typename }', {}, { authorization: 'Bearer wrong' })
    expect(wrong.body.errors[0].extensions.code).toBe('UNAUTHENTICATED')
    expect(owners).toEqual([])
    const allowed = await guarded.ask(write, {}, { authorization: 'Bearer s3cret' })
    expect(allowed.body.data.importFiles.job.state).toBe('RUNNING')
    expect(owners).toEqual(['ada'])
    const upload = await fetch(`${guarded.url}/artefacts/sha256/${sha256('x')}`, { method: 'PUT', body: 'x' })
    expect(upload.status).toBe(401)
    const stream = await sse(guarded, write)
    expect(stream[0].errors[0].extensions.code).toBe('UNAUTHENTICATED')
  })
})

describe('uploads', () => {
  const kept = new Map<string, string>()
  let store: TestServer
  beforeAll(async () => {
    store = await serve({
      putArtefact: async (hash, content) => {
        let text = ''
        for await (const chunk of content) {
          text += Buffer.from(chunk).toString()
          if (text.length > 1_000) throw new LimitExceeded('an upload has at most 1000 bytes')
        }
        if (sha256(text) !== hash)
          throw new InvalidInput('HASH_MISMATCH', `the bytes hash to ${sha256(text)}`)
        const created = !kept.has(hash)
        kept.set(hash, text)
        return { created, bytes: text.length }
      },
      hasArtefact: async (hash) => kept.has(hash),
    })
  })
  const put = (hash: string, body: BodyInit, more = {}) =>
    fetch(`${store.url}/artefacts/sha256/${hash}`, { method: 'PUT', body, ...more })

  it('are created once, known afterwards and seen by HEAD', async () => {
    const head = () => fetch(`${store.url}/artefacts/sha256/${sha256('abc')}`, { method: 'HEAD' })
    expect((await head()).status).toBe(404)
    const created = await put(sha256('abc'), 'abc')
    expect([created.status, await created.json()]).toEqual([
      201,
      { sha256: sha256('abc'), bytes: 3, created: true },
    ])
    expect((await put(sha256('abc'), 'abc')).status).toBe(200)
    expect((await head()).status).toBe(200)
  })

  it('are refused when the hash differs (422), is no hash (400), or the file is too large (413)', async () => {
    const mismatch = await put(sha256('abc'), 'abd')
    expect([mismatch.status, ((await mismatch.json()) as Body).errors[0].extensions.code]).toEqual([
      422,
      'HASH_MISMATCH',
    ])
    expect((await put('ABC', 'abc')).status).toBe(400)
    expect((await put(sha256('x'), 'x'.repeat(2_000))).status).toBe(413)
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('y'.repeat(600))),
    })
    expect((await put(sha256('x'), endless, { duplex: 'half' })).status).toBe(413)
    expect((await fetch(`${store.url}/artefacts/sha256/${sha256('abc')}`, { method: 'DELETE' })).status).toBe(
      405,
    )
  })
})

describe('an asker who leaves', () => {
  it('stops the work that was started', async () => {
    let stopped: (reason: unknown) => void
    const aborted = new Promise((resolve) => {
      stopped = resolve
    })
    let begun: () => void
    const working = new Promise<void>((resolve) => {
      begun = resolve
    })
    const slow = await serve({
      ...TINY_CATALOGUE,
      askFlow: (_open, _question) => new Promise(() => begun()),
      openCircuit: async (id, asking) => {
        asking.signal.addEventListener('abort', () => stopped('aborted'))
        return TINY_CATALOGUE.openCircuit!(id, asking)
      },
    })
    const leaving = new AbortController()
    const asked = fetch(`${slow.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ circuit(ref: {name: "x"}) { flow { __typename } } }' }),
      signal: leaving.signal,
    })
    await working
    leaving.abort()
    await expect(asked).rejects.toThrow()
    await expect(aborted).resolves.toBe('aborted')
  })

  it('or waits too long gets a problem that says how long', async () => {
    const slow = await serve(
      { ...TINY_CATALOGUE, askFlow: () => new Promise(() => {}) },
      { questionTimeoutMs: 100 },
    )
    const { body } = await slow.ask(
      '{ circuit(ref: {name: "x"}) { flow { ... on Problem { code message } } } }',
    )
    expect(body.data.circuit.flow).toEqual({
      code: 'CANCELLED',
      message: 'the request took longer than 100 ms',
    })
  })

  it('is told so however often memory is tidied up in between', async () => {
    const slow = await serve(
      {
        ...TINY_CATALOGUE,
        askFlow: async () => {
          await nextTurn()
          collectGarbage()
          return new Promise(() => {})
        },
      },
      { questionTimeoutMs: 300 },
    )
    const { body } = await slow.ask('{ circuit(ref: {name: "x"}) { flow { ... on Problem { code } } } }')
    expect(body.data.circuit.flow).toEqual({ code: 'CANCELLED' })
  })
})

/** Weakly held objects live until the turn ends in which they were last seen. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50))

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

describe('the event stream', () => {
  it('tells the changes of a job with their numbers, from where one left off', async () => {
    const asked: unknown[] = []
    const jobs = await serve({
      jobEvents: async function* (id, after) {
        asked.push([id, after])
        yield { sequence: 3, job: JOB, rows: [], graph: null }
        yield { sequence: 4, job: { ...JOB, state: 'SUCCEEDED' as const }, rows: [], graph: null }
      },
    })
    const events = await sse(
      jobs,
      'subscription { jobEvents(id: "job:j1", after: 2) { sequence job { id state } } }',
    )
    expect(asked).toEqual([['j1', 2]])
    expect(events.map((event) => event.data.jobEvents)).toEqual([
      { sequence: 3, job: { id: 'job:j1', state: 'RUNNING' } },
      { sequence: 4, job: { id: 'job:j1', state: 'SUCCEEDED' } },
    ])
  })

  it('ends the work when the listener leaves', async () => {
    let ended: () => void
    const left = new Promise<void>((resolve) => {
      ended = resolve
    })
    const jobs = await serve({
      jobEvents: async function* (_id, _after, signal) {
        yield { sequence: 1, job: JOB, rows: [], graph: null }
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        ended()
      },
    })
    const leaving = new AbortController()
    const query = encodeURIComponent('subscription { jobEvents(id: "job:j1") { sequence } }')
    const response = await fetch(`${jobs.url}/graphql/stream?query=${query}`, {
      headers: { accept: 'text/event-stream' },
      signal: leaving.signal,
    })
    expect(response.headers.get('content-type')).toMatch('text/event-stream')
    await response.body!.getReader().read()
    leaving.abort()
    await left
  })

  it('has the same limits and the same words as /graphql', async () => {
    const cases = [
      ['{ circuits(first: 1000) { nodes { nodes(first: 1000) { nodes { id } } } } }', 'COST_EXCEEDED'],
      [`{ ${Array.from({ length: 51 }, (_, i) => `a${i}: __typename`).join(' ')} }`, 'LIMIT_EXCEEDED'],
      [`{ ${'__typename '.repeat(6_000)} }`, 'GRAPHQL_PARSE_FAILED'],
      [`{b(x:${'['.repeat(4_900)}`, 'GRAPHQL_PARSE_FAILED'],
      ['{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
      ['query A { __typename } query B { __typename }', 'OPERATION_RESOLUTION_FAILURE'],
      ['{ node(id: "nonsense") { id } }', 'BAD_ID'],
    ] as const
    for (const [query, code] of cases) {
      const [event] = await sse(server, query)
      expect([query.slice(0, 40), event.errors[0].extensions.code]).toEqual([query.slice(0, 40), code])
      expect(JSON.stringify(event)).not.toMatch(/call stack|Did you mean/)
    }
    const mutation = encodeURIComponent('mutation { cancelJob(input: {id: "job:1"}) { __typename } }')
    const byGet = await fetch(`${server.url}/graphql/stream?query=${mutation}`, {
      headers: { accept: 'text/event-stream' },
    })
    expect(byGet.status).toBe(405)
  })

  it('names inputs that do not fit as the asker’s, here and on /graphql', async () => {
    const cases = [
      ['query Q($n: Int) { circuits(first: $n) { totalCount } }', { n: 'many' }],
      ['query Q($n: Int = 5) { circuit(ref: {name: "x"}) { paths(first: $n) { __typename } } }', { n: null }],
    ] as const
    for (const [query, variables] of cases) {
      const streamed = await sse(server, query, variables)
      const posted = await server.ask(query, variables)
      for (const answer of [streamed[0], posted.body]) {
        expect(answer.errors[0].extensions).toEqual({ code: 'BAD_USER_INPUT' })
      }
    }
  })

  it('masks a subscription that fails', async () => {
    const broken = await serve({
      // biome-ignore lint/correctness/useYield: it fails before it has anything to tell
      jobEvents: async function* () {
        throw new Error('secret')
      },
    })
    const response = await fetch(`${broken.url}/graphql/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: 'subscription { jobEvents(id: "job:1") { sequence } }' }),
    })
    const text = await response.text()
    expect(text).toMatch(/INTERNAL_SERVER_ERROR/)
    expect(text).not.toMatch(/secret/)
  })
})

describe('the browser page', () => {
  it('is one file without a foreign address, compressed, revalidated and fenced in', async () => {
    const headers = { accept: 'text/html,application/xhtml+xml', 'accept-encoding': 'gzip' }
    const response = await raw(`${server.url}/graphql`, { headers })
    expect(response.status).toBe(200)
    expect(response.headers['content-encoding']).toBe('gzip')
    expect(response.headers['content-security-policy']).toMatch(/default-src 'none'; script-src 'sha256-/)
    expect(
      (
        await raw(`${server.url}/graphql`, {
          headers: { ...headers, 'if-none-match': String(response.headers['etag']) },
        })
      ).status,
    ).toBe(304)
    const plain = await (await fetch(`${server.url}/graphql`, { headers: { accept: 'text/html' } })).text()
    expect(plain).toMatch(/<title>CircuitQL<\/title>/)
    expect(plain).toContain('query Server { meta { version } }')
    expect(plain).not.toMatch(/(?:src|href)="https?:/)
    const script = plain.slice(plain.indexOf('<script>') + 8, plain.lastIndexOf('</script>'))
    const hash = createHash('sha256').update(script).digest('base64')
    expect(response.headers['content-security-policy']).toContain(`'sha256-${hash}'`)
  })

  it('opens one tab per example, with its comment', () => {
    const tabs = exampleTabs('# Top\n\n# One.\n# More.\nquery A { a }\n\n# Two.\nquery B { b }\n')
    expect(tabs.map(({ query }) => query)).toEqual([
      '# One.\n# More.\nquery A { a }\n',
      '# Two.\nquery B { b }\n',
    ])
  })
})

describe('the other doors', () => {
  it('serve the schema, health, metrics and a way in', async () => {
    const text = async (path: string) => (await fetch(server.url + path)).text()
    expect(await text('/schema.graphql')).toMatch(/interface CircuitGraph implements Node/)
    expect(JSON.parse(await text('/health/live'))).toEqual({ status: 'ok' })
    expect(JSON.parse(await text('/health/ready'))).toEqual({ status: 'ok' })
    expect(await text('/metrics')).toMatch(
      /^circuitql_http_requests_total\{method="GET",status="200"\} \d+$/m,
    )
    const root = await fetch(`${server.url}/`, { redirect: 'manual' })
    expect([root.status, root.headers.get('location')]).toEqual([302, '/graphql'])
  })

  it('say that the store does not answer', async () => {
    const lost = await serve({
      ping: async () => {
        throw new Error('no store')
      },
    })
    expect((await fetch(`${lost.url}/health/ready`)).status).toBe(503)
    expect((await fetch(`${lost.url}/health/live`)).status).toBe(200)
  })
})

describe('closing', () => {
  it('lets a running question end and takes no new ones', async () => {
    let finish: () => void
    const started = new Promise<void>((begun) => {
      void testServer({
        ...TINY_CATALOGUE,
        summary: async (open) => {
          begun()
          await new Promise<void>((resolve) => {
            finish = resolve
          })
          return TINY_CATALOGUE.summary!(open)
        },
      }).then((one) => {
        leaving = one
        answer = one.ask(
          '{ circuit(ref: {name: "x"}) { summary { nodeCount } } }',
          {},
          { connection: 'close' },
        )
      })
    })
    let leaving!: TestServer
    let answer!: ReturnType<typeof post>
    await started
    const closed = leaving.close()
    finish!()
    expect((await answer).body.data.circuit.summary.nodeCount).toBe(4)
    await closed
    await expect(fetch(leaving.url)).rejects.toThrow()
  })
})

const JOB: Job = {
  id: 'j1',
  kind: 'IMPORT',
  state: 'RUNNING',
  owner: 'ada',
  progress: { done: 1, total: null, unit: 'bytes', message: 'reading' },
  createdAt: '2026-11-23T06:00:00.000Z',
  startedAt: '2026-11-23T06:00:00.000Z',
  finishedAt: null,
  circuitIds: [],
  modelIds: [],
  taskIds: [],
  problem: null,
}

/** The data of every `next` event, in order, until the stream completes. */
async function sse(to: TestServer, query: string, variables: object = {}): Promise<Body[]> {
  const response = await fetch(`${to.url}/graphql/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query, variables }),
  })
  if (!response.ok) return [await response.json()]
  const text = await response.text()
  return [...text.matchAll(/^event: next\ndata: (.*)$/gm)].map((match) => JSON.parse(match[1]!))
}
