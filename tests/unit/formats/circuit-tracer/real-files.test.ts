import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { readAttributionGraph } from '../../../../src/formats/circuit-tracer/read-attribution-graph.js'
import { bytesFile, diskFile } from '../../../../src/formats/source-file.js'
import { describeWithShared } from '../../../support/shared.js'
import { context, exported } from './graph-files.js'

describeWithShared('real attribution graphs of gemma-2-2b', (shared) => {
  const files = ['capital-of-the-state-containing-dallas', 'opposite-of-small'].map(
    (name) => [name, `${shared}/data/attribution-graphs/${name}.json`] as const,
  )

  it.each(files)('gives %s back: every node, link, weight and field, in order', async (_, path) => {
    const record = await readAttributionGraph(await diskFile(path), context)
    expect(JSON.parse(await exported(record))).toStrictEqual(JSON.parse(readFileSync(path, 'utf8')))
  })

  it.each(files)('reads %s without a finding, each node at the place its fields name', async (_, path) => {
    const { circuit, importRecord } = await readAttributionGraph(await diskFile(path), context)
    const file = JSON.parse(readFileSync(path, 'utf8')) as {
      nodes: { node_id: string; layer: string; ctx_idx: number; feature: number; feature_type: string }[]
      links: { source: string; target: string; weight: number }[]
    }
    expect(importRecord.findings).toEqual([])
    const address = new Map(
      file.nodes.map((node) => {
        const middle = node.node_id.split('_')[1]
        const site = {
          'cross layer transcoder': `feature(${node.layer}/${middle})`,
          'mlp reconstruction error': `error(${node.layer})`,
          embedding: `token(${middle})`,
          logit: `logit(${node.feature})`,
        }[node.feature_type]
        return [node.node_id, `${site}@${node.ctx_idx}`]
      }),
    )
    expect(circuit.nodes.map((node) => [node.sourceId, node.address]).sort()).toEqual([...address].sort())
    const edges = Array.from({ length: circuit.edges.count }, (_, e) => [
      circuit.nodes[circuit.edges.source[e]!]!.address,
      circuit.nodes[circuit.edges.target[e]!]!.address,
      circuit.edges.weight[e]!,
    ])
    const links = file.links.map((link) => [address.get(link.source), address.get(link.target), link.weight])
    expect(edges.map(String).sort()).toEqual(links.map(String).sort())
  })

  it.each(files)('knows what %s says of model, prompt, logits and influence', async (_, path) => {
    const { circuit, scoreSets, name, importRecord } = await readAttributionGraph(
      await diskFile(path),
      context,
    )
    const file = JSON.parse(readFileSync(path, 'utf8')) as {
      metadata: { slug: string; prompt: string; prompt_tokens: string[] }
      nodes: { node_id: string; token_prob: number; feature_type: string; influence: number | null }[]
    }
    expect(circuit.model).toEqual({
      kind: 'foreign',
      name: 'gemma-2-2b',
      dictionary: 'mntss/clt-gemma-2-2b-2.5M',
    })
    expect(circuit.prompt?.text).toBe(file.metadata.prompt)
    expect(circuit.prompt?.tokens.map((token) => token.text)).toEqual(file.metadata.prompt_tokens)
    expect(circuit.prompt?.tokens[0]).toEqual({ id: 2, text: '<bos>' })
    expect(circuit.prompt?.tokens.every(({ id }) => Number.isInteger(id))).toBe(true)
    const ofFile = new Map(file.nodes.map((node) => [node.node_id, node]))
    expect(circuit.nodes.map((node) => node.probability)).toEqual(
      circuit.nodes.map(({ sourceId, kind }) =>
        kind === 'LOGIT' ? ofFile.get(sourceId!)!.token_prob : null,
      ),
    )
    expect(circuit.nodes.filter((node) => node.isTarget)).toHaveLength(1)
    expect(scoreSets).toHaveLength(1)
    expect(scoreSets[0]).toMatchObject({ name: 'influence', importId: importRecord.id })
    expect(scoreSets[0]!.values).toEqual(
      circuit.nodes.map(({ sourceId }) => ofFile.get(sourceId!)!.influence),
    )
    expect(name).toBe(file.metadata.slug)
    expect(importRecord).toMatchObject({ format: 'circuit-tracer', formatVersion: '1', owner: 'ann' })
    expect(importRecord.metadata).toEqual(file.metadata)
  })

  it.each(files)('reads %s compressed as the same circuit', async (name, path) => {
    const packed = bytesFile(`${name}.json.gz`, gzipSync(readFileSync(path)))
    const [plain, compressed] = await Promise.all([
      readAttributionGraph(await diskFile(path), context),
      readAttributionGraph(packed, context),
    ])
    expect(compressed.circuit).toEqual(plain.circuit)
    expect(compressed.importRecord.id).not.toBe(plain.importRecord.id)
  })

  it.each(files)('without residue writes %s as a fresh file of the same circuit', async (_, path) => {
    const record = await readAttributionGraph(await diskFile(path), context)
    const text = await exported({ ...record, residue: null })
    const again = await readAttributionGraph(bytesFile('fresh.json', Buffer.from(text)), context)
    expect(again.circuit.id).toBe(record.circuit.id)
    expect(again.importRecord.findings).toEqual([])
  })
})
