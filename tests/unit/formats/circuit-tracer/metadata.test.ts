import { codesOf, feature, graphFile, imported, token } from './graph-files.js'

async function modelOf(metadata: object): Promise<object> {
  return (await imported(graphFile([], [], metadata))).circuit.model
}

describe('the model of a graph', () => {
  it('is the scan, with the dictionary set where one is named', async () => {
    const foreign = { kind: 'foreign', name: 'gemma-2-2b' }
    expect(await modelOf({})).toEqual({ ...foreign, dictionary: null })
    expect(await modelOf({ info: { transcoder_set: 'gemma', neuronpedia_source_set: 'x' } })).toEqual({
      ...foreign,
      dictionary: 'gemma',
    })
    expect(await modelOf({ feature_details: { neuronpedia_source_set: 'clt-hp' } })).toEqual({
      ...foreign,
      dictionary: 'clt-hp',
    })
    expect(await modelOf({ info: { neuronpedia_source_set: 'set' } })).toEqual({
      ...foreign,
      dictionary: 'set',
    })
    expect(await modelOf({ transcoder_list: ['a', 'b'] })).toEqual({ ...foreign, dictionary: 'a+b' })
  })

  it('is named even where the scan is a list or missing', async () => {
    expect(await modelOf({ scan: ['t/1', 't/2'] })).toMatchObject({ name: 't/1+t/2' })
    expect(await modelOf({ scan: null })).toMatchObject({ name: 'unknown' })
  })
})

describe('the prompt of a graph', () => {
  const promptOf = async (metadata: object, nodes = [token(7, 1)]) => {
    const record = await imported(graphFile(nodes, [], metadata))
    return { prompt: record.circuit.prompt, codes: codesOf(record) }
  }

  it('has the vocabulary ids that embeddings tell, and null where none does', async () => {
    expect((await promptOf({})).prompt).toEqual({
      text: 'ab',
      tokens: [
        { id: null, text: 'a' },
        { id: 7, text: 'b' },
      ],
    })
    expect((await promptOf({}, [token(7, 1), token(8, 1)])).prompt?.tokens[1]?.id).toBeNull()
  })

  it('gets newline, tab and carriage return back where the prompt proves them', async () => {
    const { prompt, codes } = await promptOf({ prompt_tokens: ['x⏎⏎', '→y', '↵'], prompt: 'x\n\n\ty\r' })
    expect(prompt?.tokens.map(({ text }) => text)).toEqual(['x\n\n', '\ty', '\r'])
    expect(codes).toEqual(['TOKENS_RESTORED'])
  })

  it('keeps the signs where the prompt itself has them', async () => {
    const said = { prompt_tokens: ['a', ' →', ' b', '⏎'], prompt: 'a → b⏎' }
    expect((await promptOf(said)).prompt?.tokens[1]?.text).toBe(' →')
    expect((await promptOf({ ...said, info: { create_time_ms: Date.UTC(2025, 9, 1) } })).codes).toEqual([])
    // Until the end of August 2025 the tool wrote ⏎ for newlines whatever the prompt was; an arrow still needs a tab.
    const old = await promptOf({ ...said, info: { create_time_ms: Date.UTC(2025, 5, 1) } })
    expect(old.prompt?.tokens.map(({ text }) => text)).toEqual(['a', ' →', ' b', '\n'])
  })

  it('without its text goes by the age of the file', async () => {
    const tokens = { prompt_tokens: ['a⏎'], prompt: undefined }
    expect((await promptOf({ ...tokens, schema_version: undefined })).prompt).toEqual({
      text: 'a\n',
      tokens: [{ id: null, text: 'a\n' }],
    })
    expect((await promptOf(tokens)).prompt?.text).toBe('a⏎')
  })

  it('is absent where the file lists no tokens', async () => {
    expect((await promptOf({ prompt_tokens: 'ab' })).prompt).toBeNull()
  })
})

describe('the import record', () => {
  it('names format, version, file and metadata, and follows from them', async () => {
    const file = graphFile([feature(1, 2, 0)], [], { info: { note: 'x' } })
    const { importRecord, circuit } = await imported(file)
    expect(importRecord).toMatchObject({
      subjectId: circuit.id,
      format: 'circuit-tracer',
      formatVersion: '1',
      owner: 'ann',
      metadata: { slug: 'a-slug', info: { note: 'x' } },
      files: [{ name: 'graph.json', bytes: JSON.stringify(file).length }],
    })
    expect((await imported(file, { importedAt: '2027-01-01T00:00:00Z' })).importRecord.id).toBe(
      importRecord.id,
    )
    const other = await imported(graphFile([feature(1, 2, 0)], [], { info: { note: 'y' } }))
    expect(other.circuit.id).toBe(circuit.id)
    expect(other.importRecord.id).not.toBe(importRecord.id)
  })

  it('calls files before the version field 0', async () => {
    const { importRecord } = await imported(graphFile([], [], { schema_version: undefined }))
    expect(importRecord.formatVersion).toBe('0')
  })

  it('keeps metadata as plain JSON where the file has NaN', async () => {
    const text = JSON.stringify(graphFile([], [], { node_threshold: 0.8 })).replace('0.8', 'NaN')
    expect((await imported(text)).importRecord.metadata).toMatchObject({ node_threshold: null })
  })

  it('takes the given name, else the slug', async () => {
    expect((await imported(graphFile([], []))).name).toBe('a-slug')
    expect((await imported(graphFile([], []), { name: 'mine' })).name).toBe('mine')
    expect((await imported(graphFile([], [], { slug: 3 }))).name).toBeNull()
  })
})
