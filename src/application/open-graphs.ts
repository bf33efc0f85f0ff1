/**
 * Opens graphs for questions: circuits from the store, whole models, and subcircuits by their canonical expression.
 * Opened graphs are kept by size, most recently used last, because immutable things may be shared.
 */
import { LRUCache } from 'lru-cache'
import { canonicalJson, type JsonValue } from '../domain/canonical-json.js'
import { InvalidInput, NotFound, throwIfAborted } from '../domain/errors.js'
import type { GraphData } from '../domain/graph-data.js'
import { sha256Hex } from '../domain/sha256.js'
import {
  canonicalExpression,
  checkExpression,
  expressionFromCanonical,
  type GraphExpression,
} from '../query/graph-expression.js'
import type { Scores } from '../query/node-filter.js'
import type { CircuitStore } from './ports/circuit-store.js'
import type { ModelLibrary } from './ports/model-library.js'
import type { Selector } from './select-subgraph.js'
import type { Asking, OpenGraph } from './use-cases.js'

const BYTES_PER_NODE = 400
const BYTES_PER_EDGE = 32

export class OpenGraphs {
  readonly #store: CircuitStore
  readonly #library: ModelLibrary
  readonly #selector: Selector
  readonly #opened: LRUCache<string, OpenGraph>
  readonly #scores = new WeakMap<GraphData, Scores>()

  constructor(store: CircuitStore, library: ModelLibrary, selector: Selector, maxBytes: number) {
    this.#store = store
    this.#library = library
    this.#selector = selector
    this.#opened = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: ({ graph }) =>
        1 + graph.nodes.length * BYTES_PER_NODE + graph.edges.count * BYTES_PER_EDGE,
    })
  }

  async openCircuit(id: string, asking: Asking): Promise<OpenGraph> {
    return this.#remember(`circuit:${id}`, asking, async () => {
      const circuit = await this.#store.circuit(id)
      if (circuit === null) throw new NotFound(`there is no circuit ${id}`)
      return {
        type: 'circuit',
        id,
        rootType: 'circuit',
        rootId: id,
        expression: null,
        graph: circuit,
        rootOrdinals: null,
      }
    })
  }

  async openModel(id: string, asking: Asking): Promise<OpenGraph> {
    return this.#remember(`model:${id}`, asking, async () => {
      const graph = await this.#library.graph(id)
      return { type: 'model', id, rootType: 'model', rootId: id, expression: null, graph, rootOrdinals: null }
    })
  }

  async openSubcircuit(id: string, asking: Asking): Promise<OpenGraph> {
    return this.#remember(`sub:${id}`, asking, async () => {
      const record = await this.#store.subcircuit(id)
      if (record === null) throw new NotFound(`there is no subcircuit ${id}`)
      const root =
        record.rootType === 'circuit'
          ? await this.openCircuit(record.rootId, asking)
          : await this.openModel(record.rootId, asking)
      return this.#derive(root, expressionFromCanonical(JSON.parse(record.expression) as JsonValue), asking)
    })
  }

  /** The derived graph; its canonical expression is stored under its id, so that any process can resolve it. */
  async select(from: OpenGraph, expression: GraphExpression, asking: Asking): Promise<OpenGraph> {
    checkExpression(expression)
    const root =
      from.expression === null
        ? from
        : await (from.rootType === 'circuit'
            ? this.openCircuit(from.rootId, asking)
            : this.openModel(from.rootId, asking))
    const whole: GraphExpression =
      from.expression === null
        ? expression
        : {
            kind: 'pipe',
            steps: [expressionFromCanonical(JSON.parse(from.expression) as JsonValue), expression],
          }
    const { id, text } = subcircuitId(root, whole)
    return this.#remember(`sub:${id}`, asking, async () => {
      const derived = await this.#derive(root, whole, asking)
      await this.#store.putSubcircuit({ id, rootType: root.rootType, rootId: root.rootId, expression: text })
      return derived
    })
  }

  /** Named scores with one value per node of this very graph. */
  async scoresOf(open: OpenGraph): Promise<Scores> {
    const known = this.#scores.get(open.graph)
    if (known) return known
    const sets = open.rootType === 'circuit' ? await this.#store.scoreSetsOf(open.rootId) : []
    const ordinals = open.rootOrdinals
    const scores: Scores = new Map(
      sets.map((set) => [
        set.name,
        ordinals === null ? set.values : Array.from(ordinals, (ordinal) => set.values[ordinal] ?? null),
      ]),
    )
    this.#scores.set(open.graph, scores)
    return scores
  }

  /** Forgets a deleted circuit or model and all that was derived from it. */
  forget(rootId: string): void {
    for (const [key, open] of this.#opened.entries()) if (open.rootId === rootId) this.#opened.delete(key)
  }

  async #derive(root: OpenGraph, expression: GraphExpression, asking: Asking): Promise<OpenGraph> {
    const { graph, rootOrdinals } = await this.#selector(root, expression, await this.scoresOf(root), asking)
    const { id, text } = subcircuitId(root, expression)
    return {
      type: 'sub',
      id,
      rootType: root.rootType,
      rootId: root.rootId,
      expression: text,
      graph,
      rootOrdinals,
    }
  }

  async #remember(key: string, asking: Asking, open: () => Promise<OpenGraph>): Promise<OpenGraph> {
    throwIfAborted(asking.signal)
    const known = this.#opened.get(key)
    if (known) return known
    const opened = await open()
    this.#opened.set(key, opened)
    return opened
  }
}

function subcircuitId(root: OpenGraph, expression: GraphExpression): { id: string; text: string } {
  const text = canonicalJson(canonicalExpression(expression))
  if (text.length > 100_000)
    throw new InvalidInput(
      'BAD_EXPRESSION',
      `an expression has at most 100,000 characters in canonical form, this one has ${text.length}`,
    )
  return { id: sha256Hex(canonicalJson([root.rootType, root.rootId, text])), text }
}
