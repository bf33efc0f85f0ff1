/** Reads both forms of our own circuit file (see README.md of this folder). */
import { PORTS, type Port, parseAddress } from '../../domain/address.js'
import { buildCircuit, type NodeDraft } from '../../domain/build-circuit.js'
import type { JsonValue } from '../../domain/canonical-json.js'
import { CIRCUIT_SOURCES, EDGE_MEANINGS } from '../../domain/edge-meaning.js'
import { InvalidInput } from '../../domain/errors.js'
import { type Circuit, EDGE_KINDS, type GraphData } from '../../domain/graph-data.js'
import type { ModelIdentity } from '../../domain/model-identity.js'
import type { CircuitRecord } from '../../domain/records.js'
import { isSha256 } from '../../domain/sha256.js'
import type { SparseModelData } from '../../domain/sparse-model-data.js'
import { type ImportContext, importRecordOf } from '../import-record.js'
import {
  indexAt,
  type JsonObject,
  listAt,
  objectAt,
  oneOf,
  optionalNumber,
  optionalText,
  parseJson,
  textAt,
} from '../json-fields.js'
import { readWhole, type SourceFile } from '../source-file.js'
import { circuitOfModel, prepareWithPauses } from './circuit-of-model.js'

export const CIRCUIT_JSON_FORMAT = 'circuitql/circuit'
export const CIRCUIT_JSON_VERSION = 1
const MAX_BYTES = 256 << 20

/** Does a file that begins with these bytes (a few hundred are enough) say that it is one of ours? */
export function looksLikeCircuitJson(start: Uint8Array): boolean {
  return /"format"\s*:\s*"circuitql\/circuit"/.test(new TextDecoder().decode(start.subarray(0, 4_096)))
}

/**
 * `loadModel` finds the model that the short form speaks of, by its id or by whatever hint the file gives. Throws
 * `BAD_FILE` naming file and place, `BAD_ADDRESS` and `BAD_INPUT` for nodes and edges that cannot be.
 */
export async function readCircuitJson(
  file: SourceFile,
  loadModel: (reference: string) => Promise<SparseModelData>,
  context: ImportContext,
): Promise<CircuitRecord> {
  const json = objectAt(parseJson(await readWhole(file, MAX_BYTES), file.name), file.name)
  if (json['format'] !== CIRCUIT_JSON_FORMAT || json['version'] !== CIRCUIT_JSON_VERSION) {
    throw new InvalidInput(
      'BAD_FILE',
      `${file.name} is not in the format ${CIRCUIT_JSON_FORMAT} ${CIRCUIT_JSON_VERSION}`,
      { path: file.name },
    )
  }
  const circuit = json['edges'] === undefined ? await readShort(json, loadModel) : readFull(json)
  const importRecord = await importRecordOf(
    {
      subjectId: circuit.id,
      format: CIRCUIT_JSON_FORMAT,
      formatVersion: String(CIRCUIT_JSON_VERSION),
      findings: [],
      metadata: null as JsonValue,
    },
    [file],
    context,
  )
  return {
    circuit,
    name: context.name ?? optionalText(json['name'], 'name'),
    importRecord,
    residue: null,
    scoreSets: [],
    annotations: [],
  }
}

async function readShort(
  json: JsonObject,
  loadModel: (reference: string) => Promise<SparseModelData>,
): Promise<Circuit> {
  oneOf(['SPARSE_WEIGHTS'], json['source'], 'source (of a file without edges)')
  const reference = textAt(json['model'], 'model')
  const nodes = listAt(json['nodes'], 'nodes').map((node, i) => textAt(node, `nodes[${i}]`))
  const kept = { task: readTask(json['task']), maskedSites: readSites(json['maskedSites']), nodes }
  const model = await loadModel(reference)
  if (isSha256(reference) && model.id !== reference) {
    throw new InvalidInput('BAD_FILE', `model is ${reference}, but the model at hand is ${model.id}`, {
      path: 'model',
    })
  }
  return circuitOfModel(await prepareWithPauses(model), kept)
}

function readFull(json: JsonObject): Circuit {
  const nodes = listAt(json['nodes'], 'nodes').map((node, i) => readNode(node, `nodes[${i}]`))
  const edges = objectAt(json['edges'], 'edges')
  const column = <T>(name: string, read: (value: unknown, path: string) => T): T[] =>
    listAt(edges[name], `edges.${name}`).map((value, e) => read(value, `edges.${name}[${e}]`))
  const optionalColumn = <T>(name: string, read: (value: unknown, path: string) => T): T[] | undefined =>
    edges[name] === undefined ? undefined : checkLength(column(name, read), name)
  const source = column('source', (value, path) => indexAt(value, path, nodes.length))
  const checkLength = <T>(values: T[], name: string): T[] => {
    if (values.length === source.length) return values
    throw new InvalidInput(
      'BAD_FILE',
      `edges.${name} has ${values.length} values, edges.source has ${source.length}`,
      { path: `edges.${name}` },
    )
  }
  return buildCircuit({
    source: oneOf(CIRCUIT_SOURCES, json['source'], 'source'),
    edgeMeaning: oneOf(EDGE_MEANINGS, json['edgeMeaning'], 'edgeMeaning'),
    model: readModel(json['model']),
    task: readTask(json['task']),
    prompt: readPrompt(json['prompt']),
    maskedSites: readSites(json['maskedSites']),
    nodes,
    edges: {
      source,
      target: checkLength(
        column('target', (value, path) => indexAt(value, path, nodes.length)),
        'target',
      ),
      weight: checkLength(
        column('weight', (value, path) => optionalNumber(value, path) ?? Number.NaN),
        'weight',
      ),
      kind: oneOf(EDGE_KINDS, edges['kind'], 'edges.kind'),
      port: optionalColumn('port', (value, path): Port | null =>
        value === null ? null : oneOf(PORTS, value, path),
      ),
      member: optionalColumn('member', (value, path) => indexAt(value, path, 2)),
    },
  })
}

function readNode(value: unknown, path: string): NodeDraft {
  const node = objectAt(value, path)
  const isTarget = node['isTarget'] ?? false
  if (typeof isTarget !== 'boolean')
    throw new InvalidInput('BAD_FILE', `${path}.isTarget is not true or false`, { path: `${path}.isTarget` })
  return {
    place: parseAddress(textAt(node['address'], `${path}.address`)),
    sourceId: optionalText(node['sourceId'], `${path}.sourceId`),
    label: optionalText(node['label'], `${path}.label`),
    activation: optionalNumber(node['activation'], `${path}.activation`),
    probability: optionalNumber(node['probability'], `${path}.probability`),
    isTarget,
  }
}

function readModel(value: unknown): ModelIdentity {
  const model = objectAt(value, 'model')
  if (oneOf(['sparse', 'foreign'], model['kind'], 'model.kind') === 'foreign') {
    return {
      kind: 'foreign',
      name: textAt(model['name'], 'model.name'),
      dictionary: optionalText(model['dictionary'], 'model.dictionary'),
    }
  }
  const id = textAt(model['id'], 'model.id')
  if (!isSha256(id))
    throw new InvalidInput(
      'BAD_FILE',
      `model.id is ${JSON.stringify(id.slice(0, 80))}, not 64 lower-case hex digits`,
      { path: 'model.id' },
    )
  return { kind: 'sparse', id }
}

function readTask(value: unknown): GraphData['task'] {
  if (value === undefined || value === null) return null
  const task = objectAt(value, 'task')
  return { name: textAt(task['name'], 'task.name'), version: textAt(task['version'], 'task.version') }
}

function readPrompt(value: unknown): GraphData['prompt'] {
  if (value === undefined || value === null) return null
  const prompt = objectAt(value, 'prompt')
  const tokens = listAt(prompt['tokens'], 'prompt.tokens').map((item, i) => {
    const path = `prompt.tokens[${i}]`
    const token = objectAt(item, path)
    const id = token['id'] ?? null
    return {
      id: id === null ? null : indexAt(id, `${path}.id`, Number.MAX_SAFE_INTEGER),
      text: textAt(token['text'], `${path}.text`),
    }
  })
  return { text: textAt(prompt['text'], 'prompt.text'), tokens }
}

function readSites(value: unknown): readonly string[] {
  return value === undefined
    ? []
    : listAt(value, 'maskedSites').map((site, i) => textAt(site, `maskedSites[${i}]`))
}
