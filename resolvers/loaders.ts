/** Look-ups of one request, batched and remembered: asked a hundred times, the store answers once. */
import DataLoader from 'dataloader'
import type { Asking, OpenGraph, UseCases } from '../src/application/use-cases.js'
import type {
  Annotation,
  CircuitSummary,
  ImportRecord,
  ScoreSet,
  SparseModelSummary,
} from '../src/domain/records.js'

export interface Loaders {
  readonly circuit: DataLoader<string, CircuitSummary | null>
  readonly model: DataLoader<string, SparseModelSummary | null>
  /** Keys are `circuit:<hash>`, `model:<hash>` or `sub:<hash>`. */
  readonly graph: DataLoader<string, OpenGraph>
  readonly imports: DataLoader<string, readonly ImportRecord[]>
  readonly scoreSets: DataLoader<string, readonly ScoreSet[]>
  readonly annotations: DataLoader<string, readonly Annotation[]>
  readonly annotation: DataLoader<string, Annotation | null>
}

export function newLoaders(useCases: UseCases, asking: Asking): Loaders {
  return {
    circuit: new DataLoader((ids) => useCases.circuitSummaries(ids)),
    model: new DataLoader((ids) => useCases.modelSummaries(ids)),
    graph: each((key) => openGraph(key, useCases, asking)),
    imports: each((id) => useCases.importsOf(id)),
    scoreSets: each((id) => useCases.scoreSetsOf(id)),
    annotations: each((id) => useCases.annotationsOf(id)),
    annotation: each((id) => useCases.annotation(id)),
  }
}

/** For look-ups that the store answers one by one: remembered, each with its own failure. */
function each<Value>(load: (key: string) => Promise<Value>): DataLoader<string, Value> {
  const settled = (key: string): Promise<Value | Error> =>
    load(key).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
  return new DataLoader((keys) => Promise.all(keys.map(settled)), { batch: false })
}

function openGraph(key: string, useCases: UseCases, asking: Asking): Promise<OpenGraph> {
  const [type, id] = key.split(':') as [OpenGraph['type'], string]
  if (type === 'circuit') return useCases.openCircuit(id, asking)
  return type === 'model' ? useCases.openModel(id, asking) : useCases.openSubcircuit(id, asking)
}
