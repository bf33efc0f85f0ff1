/** A file's way in through HTTP: upload by hash, import as a job, watch it, ask, delete. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ApiHouse, apiHouse, type Body } from './api-house.js'

const GRAPH = readFileSync(join(__dirname, '../../zoo/attribution-example/graph.json'), 'utf8')
const sha256 = (bytes: string): string => createHash('sha256').update(bytes).digest('hex')
const IMPORT = `mutation Import($input: ImportFilesInput!) {
  importFiles(input: $input) { ... on ImportFilesPayload { job { id state } } ... on Problem { code message hint path } }
}`

let api: ApiHouse
beforeAll(async () => {
  api = await apiHouse({ CIRCUITQL_EXAMPLES: 'off' })
})
afterAll(() => api.close())

function upload(bytes: string, hash = sha256(bytes)): Promise<Response> {
  return fetch(`${api.url}/artefacts/sha256/${hash}`, { method: 'PUT', body: bytes })
}

/** States of the job, as the event stream tells them, and its end. */
async function followed(id: string): Promise<{ sequences: number[]; last: Body }> {
  const query = `subscription E($id: ID!) { jobEvents(id: $id) { sequence job { state problem { code message } progress { done total unit } circuits { id names } models { id } } } }`
  const response = await fetch(`${api.url}/graphql/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query, variables: { id } }),
  })
  const events = [...(await response.text()).matchAll(/^event: next\ndata: (.*)$/gm)].map(
    (match) => (JSON.parse(match[1]!) as Body).data.jobEvents,
  )
  return { sequences: events.map(({ sequence }) => sequence), last: events.at(-1).job }
}

describe('an attribution graph', () => {
  it('comes in by its hash, is asked, and goes again', async () => {
    expect((await upload(GRAPH)).status).toBe(201)
    expect((await upload(GRAPH)).status).toBe(200)
    expect((await upload(GRAPH, sha256('something else'))).status).toBe(422)

    const files = [{ sha256: sha256(GRAPH), fileName: 'graph.json' }]
    const { importFiles } = await api.data(IMPORT, { input: { files, name: 'mine', idempotencyKey: 'once' } })
    const repeated = await api.data(IMPORT, { input: { files, name: 'mine', idempotencyKey: 'once' } })
    expect(repeated.importFiles.job.id).toBe(importFiles.job.id)

    const { sequences, last } = await followed(importFiles.job.id)
    expect(last).toMatchObject({ state: 'SUCCEEDED', problem: null, models: [] })
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b))
    const [{ id, names }] = last.circuits
    expect(names).toEqual(['mine'])

    const { circuit, jobs } = await api.data(
      `query C($id: ID!) {
        circuit(ref: {id: $id}) { nodeCount imports { nodes { id format owner files { name sha256 bytes } subjectId } } }
        jobs { nodes { id state finishedAt } totalCount }
      }`,
      { id },
    )
    expect(circuit.nodeCount).toBe(12)
    expect(circuit.imports.nodes).toMatchObject([
      {
        owner: 'local',
        subjectId: id,
        files: [{ name: 'graph.json', sha256: sha256(GRAPH), bytes: Buffer.byteLength(GRAPH) }],
      },
    ])
    expect(jobs).toMatchObject({ totalCount: 1, nodes: [{ id: importFiles.job.id, state: 'SUCCEEDED' }] })
    const { node } = await api.data(
      'query N($id: ID!) { node(id: $id) { id ... on ImportRecord { format } } }',
      {
        id: circuit.imports.nodes[0].id,
      },
    )
    expect(node.id).toBe(circuit.imports.nodes[0].id)
    const byPrefix = await api.data('query C($id: ID!) { circuit(ref: {id: $id}) { id } }', {
      id: id.slice(8, 20),
    })
    expect(byPrefix.circuit.id).toBe(id)

    const remove = `mutation D($id: ID!) { deleteCircuit(input: {id: $id}) { ... on DeleteCircuitPayload { deletedId } ... on Problem { code } } }`
    expect((await api.data(remove, { id })).deleteCircuit).toEqual({ deletedId: id })
    expect((await api.data(remove, { id })).deleteCircuit).toEqual({ code: 'NOT_FOUND' })
    expect((await api.data('query C($id: ID!) { node(id: $id) { id } }', { id })).node).toBeNull()
  })

  it('that was never uploaded, or is no graph, is a problem of its own', async () => {
    const missing = await api.data(IMPORT, {
      input: { files: [{ sha256: sha256('none'), fileName: 'none.json' }] },
    })
    expect(missing.importFiles).toMatchObject({ code: 'NOT_FOUND', path: 'input.files[0].sha256' })
    const junk = '{"nothing": "of a graph"}'
    await upload(junk)
    const { importFiles } = await api.data(IMPORT, {
      input: { files: [{ sha256: sha256(junk), fileName: 'junk.json' }] },
    })
    const { last } = await followed(importFiles.job.id)
    expect(last).toMatchObject({ state: 'FAILED', problem: { code: 'BAD_FILE' } })
    const cancel = `mutation C($id: ID!) { cancelJob(input: {id: $id}) { ... on Problem { code } } }`
    expect((await api.data(cancel, { id: importFiles.job.id })).cancelJob).toEqual({ code: 'CONFLICT' })
  })
})
