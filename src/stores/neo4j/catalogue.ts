/** The catalogue of circuits and models: summaries by id, pages by filter and order. */
import type { CircuitSummary, SparseModelSummary } from '../../domain/records.js'
import type {
  CatalogueQuery,
  CircuitCatalogueQuery,
  ModelCatalogueQuery,
  PageKey,
  Slice,
} from '../../query/catalogue-query.js'
import {
  type CompiledCondition,
  compileCircuitCondition,
  compileModelNameCondition,
} from './compile-circuit-condition.js'
import { type CatalogueShape, compileCount, compilePage, orderOf } from './compile-page.js'
import { integer, type Neo4jDatabase, type Row } from './neo4j-database.js'
import { MODEL_COLUMNS, modelSummary } from './sparse-models.js'

const CIRCUITS: CatalogueShape = {
  variable: 'c',
  label: 'Circuit',
  columns: `c.id AS id, c.names AS names, c.source AS source, c.edgeMeaning AS edgeMeaning, c.facts AS facts,
  c.nodeCount AS nodeCount, c.edgeCount AS edgeCount, c.createdAt AS createdAt,
  c.relationshipsComplete AS relationshipsComplete`,
}
const MODELS: CatalogueShape = { variable: 'm', label: 'SparseModel', columns: MODEL_COLUMNS }

const CIRCUITS_BY_ID = `
UNWIND $ids AS wanted
MATCH (c:Circuit {ns: $ns, id: wanted})
WHERE c.state = 'ready'
RETURN ${CIRCUITS.columns}`

const IDS_WITH_PREFIX = {
  circuit: `
MATCH (s:Circuit {ns: $ns})
WHERE s.id STARTS WITH $prefix AND s.state = 'ready'
RETURN s.id AS id ORDER BY s.id LIMIT $limit`,
  model: `
MATCH (s:SparseModel {ns: $ns})
WHERE s.id STARTS WITH $prefix
RETURN s.id AS id ORDER BY s.id LIMIT $limit`,
} as const

export async function circuitSummaries(
  db: Neo4jDatabase,
  ns: string,
  ids: readonly string[],
): Promise<(CircuitSummary | null)[]> {
  const rows = await db.read({ text: CIRCUITS_BY_ID, parameters: { ns, ids: [...new Set(ids)] } })
  const found = new Map(rows.map((row) => [String(row['id']), circuitSummary(row)]))
  return ids.map((id) => found.get(id) ?? null)
}

export function findCircuits(
  db: Neo4jDatabase,
  ns: string,
  query: CircuitCatalogueQuery,
): Promise<Slice<CircuitSummary>> {
  return findPage(db, ns, CIRCUITS, compileCircuitCondition(query.where), query, circuitSummary)
}

export function findModels(
  db: Neo4jDatabase,
  ns: string,
  query: ModelCatalogueQuery,
): Promise<Slice<SparseModelSummary>> {
  return findPage(db, ns, MODELS, compileModelNameCondition(query.nameContains), query, modelSummary)
}

export async function idsWithPrefix(
  db: Neo4jDatabase,
  ns: string,
  kind: 'circuit' | 'model',
  prefix: string,
  limit: number,
): Promise<string[]> {
  const parameters = { ns, prefix, limit: integer(limit) }
  const rows = await db.read({ text: IDS_WITH_PREFIX[kind], parameters })
  return rows.map((row) => String(row['id']))
}

async function findPage<Summary extends CircuitSummary | SparseModelSummary>(
  db: Neo4jDatabase,
  ns: string,
  shape: CatalogueShape,
  where: CompiledCondition,
  query: CatalogueQuery<string>,
  toSummary: (row: Row) => Summary,
): Promise<Slice<Summary>> {
  const page = compilePage(shape, ns, where, query)
  const [counted, found] = await Promise.all([db.read(compileCount(shape, ns, where)), db.read(page)])
  const fields = orderOf(query).map(({ field }) => field)
  const rows = found.slice(0, query.limit).map((raw) => {
    const row = toSummary(raw)
    return { row, key: fields.map((field) => keyPart(row, field)) satisfies PageKey }
  })
  return {
    rows: query.backwards ? rows.reverse() : rows,
    more: found.length > query.limit,
    totalCount: Number(counted[0]!['total']),
  }
}

function keyPart(row: CircuitSummary | SparseModelSummary, field: string): string | number | null {
  if (field === 'name') return row.names[0] ?? null
  return (row as unknown as Readonly<Record<string, string | number>>)[field]!
}

function circuitSummary(row: Row): CircuitSummary {
  const facts = JSON.parse(String(row['facts'])) as Pick<
    CircuitSummary,
    'modelKey' | 'taskName' | 'promptText'
  >
  return {
    id: String(row['id']),
    names: row['names'] as string[],
    source: row['source'] as CircuitSummary['source'],
    edgeMeaning: row['edgeMeaning'] as CircuitSummary['edgeMeaning'],
    modelKey: facts.modelKey,
    taskName: facts.taskName,
    promptText: facts.promptText,
    nodeCount: Number(row['nodeCount']),
    edgeCount: Number(row['edgeCount']),
    createdAt: String(row['createdAt']),
    relationshipsComplete: row['relationshipsComplete'] === true,
  }
}
