import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CommandDoors, runProgram } from '../../../src/cli/program.js'
import { InvalidInput, NotFound } from '../../../src/domain/errors.js'
import type { Job } from '../../../src/domain/job.js'
import type { CircuitSummary, SparseModelSummary } from '../../../src/domain/records.js'
import type { SettingFlags } from '../../../src/settings.js'
import { listeningTerminal } from './listening-terminal.js'

const A = 'a'.repeat(64)
const B = 'b'.repeat(64)
const circuit: CircuitSummary = {
  id: A,
  names: ['dallas'],
  source: 'ATTRIBUTION_GRAPH',
  edgeMeaning: 'DERIVATIVE',
  modelKey: 'foreign:gemma-2-2b',
  taskName: null,
  promptText: null,
  nodeCount: 3,
  edgeCount: 12,
  createdAt: '2026-01-02T03:04:05.000Z',
  relationshipsComplete: true,
}
const model: SparseModelSummary = {
  id: B,
  names: ['strings'],
  config: {},
  weightsSha256: B,
  parameterCount: 100,
  nonzeroCount: 7,
  createdAt: '2026-01-02T03:04:05.000Z',
}
const job: Job = {
  id: 'job-1',
  kind: 'IMPORT',
  state: 'SUCCEEDED',
  owner: 'local',
  progress: { done: 2, total: 2, unit: 'bytes', message: 'done' },
  createdAt: '',
  startedAt: null,
  finishedAt: null,
  circuitIds: [A],
  modelIds: [],
  taskIds: [],
  problem: null,
}

interface Run {
  readonly doors?: Partial<CommandDoors>
  readonly input?: string
  readonly serverStatus?: number
}

/** Runs one command line over the given doors; whatever door is not given throws. */
async function circuitql(args: string[], { doors = {}, input = '', serverStatus = 0 }: Run = {}) {
  const { terminal, results, messages } = listeningTerminal({ input })
  const opened: SettingFlags[] = []
  const served: Readonly<Record<string, string>>[] = []
  const stage = {
    terminal,
    signal: new AbortController().signal,
    inside: <T>(flags: SettingFlags, work: (door: CommandDoors) => Promise<T>): Promise<T> => {
      opened.push(flags)
      return work(doors as CommandDoors)
    },
  }
  const runServer = async (environment: Readonly<Record<string, string>>): Promise<number> => {
    served.push(environment)
    return serverStatus
  }
  const status = await runProgram(args, stage, runServer, '1.2.3')
  return { status, results: results(), messages: messages(), opened, served }
}

const COMMANDS = [
  ['serve'],
  ['import'],
  ['export'],
  ['query'],
  ['circuits'],
  ['models'],
  ['delete'],
  ['train'],
  ['native'],
  ['migrate'],
  ['migrate', 'status'],
  ['migrate', 'up'],
  ['migrate', 'validate'],
  ['migrate', 'unlock'],
  ['tasks'],
  ['tokenizer'],
  ['tokenizer', 'train'],
]

describe('every command', () => {
  it.each([[[]], ...COMMANDS.map((words) => [words])])(
    '%j explains itself with --help and status 0',
    async (words) => {
      const { status, results, messages, opened } = await circuitql([...words, '--help'])
      expect({ status, messages, opened }).toEqual({ status: 0, messages: '', opened: [] })
      expect(results).toMatch(/^Usage: circuitql/)
    },
  )

  it.each([
    [[]],
    [['nonsense']],
    [['circuits', '--nonsense']],
    [['circuits', 'extra']],
    [['import']],
    [['export']],
    [['query']],
    [['delete']],
    [['train']],
    [['train', '--preset', 'nonsense']],
    [['train', '--preset', 'python']],
    [['train', '--preset', 'quick', '--plan', 'x']],
    [['train', '--preset', 'quick', '--backend', 'abacus']],
    [['migrate']],
    [['migrate', 'down']],
    [['circuits', '--store']],
    [['tokenizer']],
    [['tokenizer', 'train']],
    [['tokenizer', 'train', '.', '--size', 'many']],
  ])(
    '%j is a usage error: status 2, nothing on standard output, the reason on standard error',
    async (args) => {
      const { status, results, messages, opened } = await circuitql(args)
      expect({ status, results, opened }).toEqual({ status: 2, results: '', opened: [] })
      expect(messages).not.toBe('')
    },
  )

  it('tells its version', async () => {
    expect(await circuitql(['--version'])).toMatchObject({ status: 0, results: '1.2.3\n' })
  })

  it('hands setting flags to the house', async () => {
    const findCircuits = async () => ({ rows: [], hasNextPage: false, hasPreviousPage: false, totalCount: 0 })
    const args = ['circuits', '--store', 'embedded:elsewhere', '--neo4j-user', 'me']
    const { opened } = await circuitql(args, { doors: { findCircuits } })
    expect(opened).toEqual([{ store: 'embedded:elsewhere', 'neo4j-user': 'me' }])
  })

  it('ends with 2 on a wrong setting and 1 on any other refusal, in one sentence', async () => {
    const refusing = (error: Error) => ({ doors: { findCircuits: () => Promise.reject(error) } })
    const setting = await circuitql(['circuits'], refusing(new InvalidInput('BAD_SETTING', 'PORT is wrong')))
    expect(setting).toMatchObject({ status: 2, results: '', messages: 'circuitql: PORT is wrong\n' })
    const other = await circuitql(['circuits'], refusing(new NotFound('no store', { hint: 'make one' })))
    expect(other).toMatchObject({ status: 1, results: '', messages: 'circuitql: no store\n  make one\n' })
  })
})

describe('circuits and models', () => {
  const pages = (rows: CircuitSummary[], asked: unknown[] = []): Partial<CommandDoors> => ({
    findCircuits: async (question) => {
      asked.push(question)
      const at = question.page.after === null ? 0 : Number(question.page.after) + 1
      const row = rows[at]
      return {
        rows: row ? [{ row, cursor: String(at) }] : [],
        hasNextPage: at + 1 < rows.length,
        hasPreviousPage: at > 0,
        totalCount: rows.length,
      }
    },
  })

  it('are listed to the last page', async () => {
    const { results } = await circuitql(['circuits', '--json'], {
      doors: pages([circuit, { ...circuit, id: B }]),
    })
    expect(JSON.parse(results).map(({ id }: { id: string }) => id)).toEqual([`circuit:${A}`, `circuit:${B}`])
  })

  it('are shown as a table whose ids can be used again', async () => {
    const { results } = await circuitql(['circuits'], { doors: pages([circuit]) })
    expect(results.split('\n')[1]).toBe(
      `circuit:${A}  dallas  ATTRIBUTION_GRAPH  foreign:gemma-2-2b      3     12  2026-01-02T03:04:05.000Z`,
    )
  })

  it('can be asked for by a part of their name', async () => {
    const asked: unknown[] = []
    await circuitql(['circuits', '--name', 'Dal'], { doors: pages([], asked) })
    expect(asked).toMatchObject([{ where: { kind: 'text', field: 'name', match: { contains: 'Dal' } } }])
  })

  it('include the sparse models', async () => {
    const findModels = async () => ({
      rows: [{ row: model, cursor: '0' }],
      hasNextPage: false,
      hasPreviousPage: false,
      totalCount: 1,
    })
    const { results } = await circuitql(['models'], { doors: { findModels } })
    expect(results).toContain(`model:${B}  strings`)
  })
})

describe('import', () => {
  let folder: string
  let file: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'circuitql-cli-'))
    file = join(folder, 'graph.json')
    writeFileSync(file, '{}')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const importing = (jobs: Job[], taken: unknown[] = []): Partial<CommandDoors> => ({
    putArtefact: async (sha256, content) => {
      const chunks: Uint8Array[] = []
      for await (const chunk of content) chunks.push(chunk)
      expect(createHash('sha256').update(Buffer.concat(chunks)).digest('hex')).toBe(sha256)
      return { created: true, bytes: 2 }
    },
    importFiles: async (request) => {
      taken.push(request)
      return { ...job, state: 'QUEUED' }
    },
    jobEvents: async function* () {
      for (const [sequence, state] of jobs.entries()) yield { sequence, job: state, rows: [], graph: null }
    },
  })

  it('prints the ids on standard output and progress on standard error', async () => {
    const taken: unknown[] = []
    const done = { ...job, modelIds: [B] }
    const { status, results, messages } = await circuitql(['import', file, '--name', 'n'], {
      doors: importing([done], taken),
    })
    expect({ status, results }).toEqual({ status: 0, results: `model:${B}\ncircuit:${A}\n` })
    expect(messages).toBe(`${file}: done\n`)
    const sha256 = createHash('sha256').update('{}').digest('hex')
    expect(taken).toEqual([
      { files: [{ sha256, fileName: 'graph.json' }], name: 'n', idempotencyKey: null, owner: 'local' },
    ])
  })

  it('gives a name to a single import only: two are a usage error', async () => {
    expect(await circuitql(['import', file, file, '--name', 'n'])).toMatchObject({ status: 2, opened: [] })
  })

  it('goes on after a file that is refused, and ends with 1', async () => {
    const problem = { code: 'BAD_FILE', message: 'graph.json is not JSON', hint: null, path: null }
    const failed: Job = { ...job, state: 'FAILED', circuitIds: [], problem }
    const { status, results, messages } = await circuitql(['import', file, file, '--json'], {
      doors: importing([failed]),
    })
    expect(status).toBe(1)
    expect(messages).toContain('graph.json is not JSON')
    expect(JSON.parse(results)).toEqual([
      { path: file, ids: [], problem },
      { path: file, ids: [], problem },
    ])
  })

  it('takes nothing in when one of the paths is not there', async () => {
    const { status, messages, opened } = await circuitql(['import', file, join(folder, 'none')])
    expect({ status, opened }).toEqual({ status: 1, opened: [] })
    expect(messages).toContain(join(folder, 'none'))
  })

  it('reports a cancelled job as cancelled', async () => {
    const { status, messages } = await circuitql(['import', file], {
      doors: importing([{ ...job, state: 'CANCELLED' }]),
    })
    expect(status).toBe(1)
    expect(messages).toContain('the import was cancelled')
  })
})

describe('export', () => {
  const exporting: Partial<CommandDoors> = {
    resolveCircuit: async (ref) => (ref.kind === 'name' && ref.name === 'dallas' ? circuit : null),
    exportCircuit: async () => ({
      fileName: 'dallas.json',
      content: (async function* () {
        yield Buffer.from('{"a":')
        yield Buffer.from('1}')
      })(),
    }),
  }
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'circuitql-cli-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('writes the file to standard output, or where it is told', async () => {
    expect(await circuitql(['export', 'dallas'], { doors: exporting })).toMatchObject({
      status: 0,
      results: '{"a":1}',
      messages: '',
    })
    const to = await circuitql(['export', 'dallas', '--output', join(folder, 'x.json')], { doors: exporting })
    expect(to).toMatchObject({ status: 0, results: '' })
    await circuitql(['export', 'dallas', '--output', folder], { doors: exporting })
    expect(readdirSync(folder).sort()).toEqual(['dallas.json', 'x.json'])
    expect(readFileSync(join(folder, 'x.json'), 'utf8')).toBe('{"a":1}')
  })

  it('leaves nothing behind when the content breaks off', async () => {
    const broken: Partial<CommandDoors> = {
      ...exporting,
      exportCircuit: async () => ({
        fileName: 'dallas.json',
        content: (async function* () {
          yield Buffer.from('{"a":')
          throw new NotFound('the payload is gone')
        })(),
      }),
    }
    expect(await circuitql(['export', 'dallas', '--output', folder], { doors: broken })).toMatchObject({
      status: 1,
    })
    expect(readdirSync(folder)).toEqual([])
  })

  it('names a circuit that is not there', async () => {
    const { status, messages } = await circuitql(['export', 'austin'], { doors: exporting })
    expect(status).toBe(1)
    expect(messages).toContain('there is no circuit "austin"')
  })
})

describe('delete', () => {
  const deleting = (deleted: string[]): Partial<CommandDoors> => ({
    resolveCircuit: async (ref) =>
      (ref.kind === 'id' ? A.startsWith(ref.id) : ['dallas', 'both'].includes(ref.name)) ? circuit : null,
    resolveModel: async (ref) =>
      (ref.kind === 'id' ? B.startsWith(ref.id) : ref.name === 'both') ? model : null,
    deleteCircuit: async (id) => deleted.push(`circuit ${id}`) > 0,
    deleteModel: async (id) => deleted.push(`model ${id}`) > 0,
  })

  it('takes ids, prefixes, global ids and names, circuits before models', async () => {
    const deleted: string[] = []
    const { status, results } = await circuitql(['delete', 'bbbbbbbb', 'dallas'], {
      doors: deleting(deleted),
    })
    expect(status).toBe(0)
    expect(deleted).toEqual([`circuit ${A}`, `model ${B}`])
    expect(results).toBe(`circuit:${A}\nmodel:${B}\n`)
    for (const text of [A, `circuit:${A}`])
      expect(await circuitql(['delete', text], { doors: deleting([]) })).toMatchObject({ status: 0 })
  })

  it('deletes nothing when one of them is not there or stands for two things', async () => {
    const deleted: string[] = []
    for (const text of ['nowhere', 'both', `model:${A}`]) {
      expect(await circuitql(['delete', 'dallas', text], { doors: deleting(deleted) })).toMatchObject({
        status: 1,
        results: '',
      })
    }
    expect(deleted).toEqual([])
  })
})

describe('query', () => {
  const asked: unknown[] = []
  const execute: CommandDoors['execute'] = async (request) => {
    asked.push(request)
    return { data: { meta: null } }
  }
  beforeEach(() => void asked.splice(0))

  it('reads the question from standard input and prints the answer', async () => {
    const { status, results } = await circuitql(['query', '-', '--json', '--variables', '{"n":1}'], {
      doors: { execute },
      input: '{ meta }',
    })
    expect({ status, results }).toEqual({ status: 0, results: '{"data":{"meta":null}}\n' })
    expect(asked).toEqual([{ query: '{ meta }', variables: { n: 1 }, operationName: null }])
  })

  it('prints an answer with errors and ends with 1', async () => {
    const failing = { execute: async () => ({ errors: [{ message: 'too deep' }] }) }
    const { status, results, messages } = await circuitql(['query', '-'], { doors: failing })
    expect(status).toBe(1)
    expect(JSON.parse(results)).toEqual({ errors: [{ message: 'too deep' }] })
    expect(messages).toBe('circuitql: too deep\n')
  })

  it.each(['[]', 'null', '{', '1'])('refuses the variables %j', async (variables) => {
    const { status, messages } = await circuitql(['query', '-', '--variables', variables], {
      doors: { execute },
    })
    expect(status).toBe(1)
    expect(messages).toContain('the variables are not a JSON object')
    expect(asked).toEqual([])
  })

  describe('against a server', () => {
    let server: Server
    let url: string
    const seen: { url: string | undefined; token: string | undefined; body: string }[] = []
    let answer: { status: number; body: string }
    beforeAll(async () => {
      server = createServer(async (request, response) => {
        const chunks: Buffer[] = []
        for await (const chunk of request) chunks.push(chunk as Buffer)
        seen.push({
          url: request.url,
          token: request.headers.authorization,
          body: Buffer.concat(chunks).toString(),
        })
        response.writeHead(answer.status).end(answer.body)
      })
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    })
    afterAll(() => new Promise((done) => server.close(done)))
    beforeEach(() => void seen.splice(0))

    it('asks its /graphql and opens no store', async () => {
      answer = { status: 200, body: '{"data":{"ok":true}}' }
      const run = await circuitql(['query', '-', '--url', url, '--token', 't', '--json'], { input: '{ ok }' })
      expect(run).toMatchObject({ status: 0, results: '{"data":{"ok":true}}\n', opened: [] })
      expect(seen).toEqual([{ url: '/graphql', token: 'Bearer t', body: '{"query":"{ ok }"}' }])
    })

    it('prints a refused request like any answer with errors', async () => {
      answer = { status: 400, body: '{"errors":[{"message":"no such field"}]}' }
      const run = await circuitql(['query', '-', '--url', `${url}/graphql`], { input: '{ no }' })
      expect(run).toMatchObject({ status: 1, messages: 'circuitql: no such field\n' })
    })

    it('says that something else answered, or nobody', async () => {
      answer = { status: 502, body: '<html>' }
      expect((await circuitql(['query', '-', '--url', url])).messages).toContain(
        'answered 502 without a GraphQL answer',
      )
      expect((await circuitql(['query', '-', '--url', 'http://127.0.0.1:1'])).messages).toContain(
        'no server answers at',
      )
      expect((await circuitql(['query', '-', '--url', 'ftp://x'])).messages).toContain(
        '"ftp://x" is not an http://',
      )
    })
  })
})

describe('tokenizer train', () => {
  const record = {
    ...{ output: 'out.json', sha256: A, vocabulary: 300 },
    ...{ files: 2, bytes: 90, templates: 7, library: 'tokenizers 0.23.3' },
  }

  it('prints where the file is, and says on standard error what was done', async () => {
    const asked: unknown[] = []
    const trainTokenizer: CommandDoors['trainTokenizer'] = async (plan, { say }) => {
      asked.push(plan)
      say('training')
      return record
    }
    const args = ['tokenizer', 'train', 'code', '--size', '300', '-o', 'out.json', '--templates', '0']
    const { results, messages } = await circuitql(args, { doors: { trainTokenizer } })
    expect(asked).toEqual([
      { folder: 'code', size: 300, output: 'out.json', templateShare: 0, python: 'python3' },
    ])
    expect(results).toBe('out.json\n')
    expect(messages).toContain('training\n300 pieces from 2 files (90 bytes) and 7 templates')
    const machine = await circuitql([...args, '--json'], { doors: { trainTokenizer } })
    expect(JSON.parse(machine.results)).toEqual(record)
  })
})

describe('migrate', () => {
  const applied = {
    version: '0001',
    description: 'Circuits',
    source: 'V0001__Circuits.sql',
    checksum: '1',
    at: '2026-01-01T00:00:00Z',
  }
  const pending = {
    version: '0002',
    description: 'Scores',
    source: 'V0002__Scores.sql',
    checksum: '2',
    alternativeChecksum: '2',
    statements: ['x'],
    repeatable: false,
    preconditions: [],
  }
  const migrator: CommandDoors['migrator'] = {
    status: async () => ({ applied: [applied], pending: [pending] }),
    up: async () => [applied],
    validate: async () => {
      throw new InvalidInput('BAD_MIGRATION', 'V0001 was changed')
    },
    unlock: async () => false,
  }

  it('shows what is applied and what is pending', async () => {
    const { results } = await circuitql(['migrate', 'status'], { doors: { migrator } })
    expect(results.split('\n').slice(1)).toEqual([
      '0001     Circuits     V0001__Circuits.sql  applied  2026-01-01T00:00:00Z',
      '0002     Scores       V0002__Scores.sql    pending  -',
      '',
    ])
    const machine = await circuitql(['migrate', 'status', '--json'], { doors: { migrator } })
    expect(JSON.parse(machine.results)).toMatchObject({ applied: [applied], pending: [{ version: '0002' }] })
  })

  it('names what it applied, and fails when history and files differ', async () => {
    expect(await circuitql(['migrate', 'up'], { doors: { migrator } })).toMatchObject({
      status: 0,
      results: 'V0001__Circuits.sql\n',
    })
    expect(await circuitql(['migrate', 'validate'], { doors: { migrator } })).toMatchObject({
      status: 1,
      messages: 'circuitql: V0001 was changed\n',
    })
    expect(await circuitql(['migrate', 'unlock', '--json'], { doors: { migrator } })).toMatchObject({
      results: '{\n  "unlocked": false\n}\n',
    })
  })
})

describe('serve', () => {
  it('runs the server with the flags as variables and takes over its exit status', async () => {
    const run = await circuitql(['serve', '--port', '0', '--examples', 'off'], { serverStatus: 7 })
    expect(run).toMatchObject({ status: 7, served: [{ PORT: '0', CIRCUITQL_EXAMPLES: 'off' }] })
  })

  it('refuses a wrong flag before anything starts', async () => {
    const run = await circuitql(['serve', '--host', '0.0.0.0'])
    expect(run).toMatchObject({ status: 2, served: [] })
    expect(run.messages).toContain('--host')
  })
})
