/**
 * Opens graphs for questions: circuits from the store, whole models, and subcircuits by their canonical expression.
 * Opened graphs are kept by size, most recently used last, because immutable things may be shared.
 */
import { LRUCache } from 'lru-cache'
import { canonicalJson, type JsonValue } from '../domain/canonical-json.js'
import { InvalidInput, NotFound, throwIfAborted } from '../domain/errors.js'
import type { GraphData } from '../domain/graph-data.js'
import { sha256Hex } from '../domain/sha256.js'
import { canonicalExpression, expressionFromCanonical } from '../query/expression/canonical-expression.js'
import { checkExpression } from '../query/expression/check-expression.js'
import type { GraphExpression, GraphOperand } from '../query/graph-expression.js'
import type { Scores } from '../query/node-filter.js'
import type { CircuitStore } from './ports/circuit-store.js'
import type { ModelLibrary } from './ports/model-library.js'
import { wholeGraph } from './selecting/derived-graph.js'
import { GraphSelection, type Sight, type Unrolling } from './selecting/graph-selection.js'
import type { Asking, OpenGraph } from './use-cases.js'

const BYTES_PER_NODE = 400
const BYTES_PER_EDGE = 32

export class OpenGraphs {
  readonly #store: CircuitStore
  readonly #library: ModelLibrary
  readonly #unrolling: Unrolling
  readonly #opened: LRUCache<string, OpenGraph>
  readonly #sights = new WeakMap<GraphData, Sight>()
  /** What a request has computed, for as long as it lasts. */
  readonly #selections = new WeakMap<Asking, GraphSelection>()

  constructor(store: CircuitStore, library: ModelLibrary, maxBytes: number, unrolling: Unrolling) {
    this.#unrolling = unrolling
    this.#store = store
    this.#library = library
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
      }
    })
  }

  async openModel(id: string, asking: Asking): Promise<OpenGraph> {
    return this.#remember(`model:${id}`, asking, async () => {
      const graph = await this.#library.graph(id)
      return { type: 'model', id, rootType: 'model', rootId: id, expression: null, graph }
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
      const expression = expressionFromCanonical(JSON.parse(record.expression) as JsonValue)
      const sight = await this.#selectionOf(asking).apply(expression, await this.#sightOf(root))
      return this.#subcircuit(root, id, record.expression, sight)
    })
  }

  /** The derived graph; its canonical expression is stored under its id, so that any process can resolve it. */
  async select(from: OpenGraph, expression: GraphExpression, asking: Asking): Promise<OpenGraph> {
    checkExpression(expression)
    const { rootType, rootId } = from
    const whole: GraphExpression =
      from.expression === null
        ? expression
        : {
            kind: 'pipe',
            steps: [expressionFromCanonical(JSON.parse(from.expression) as JsonValue), expression],
          }
    const { id, text } = subcircuitId(from, whole)
    return this.#remember(`sub:${id}`, asking, async () => {
      const sight = await this.#selectionOf(asking).apply(expression, await this.#sightOf(from))
      await this.#store.putSubcircuit({ id, rootType, rootId, expression: text })
      return this.#subcircuit(from, id, text, sight)
    })
  }

  /** Addresses of the nodes that an expression gives; no id is handed out. */
  async nodesOf(
    open: OpenGraph,
    expression: GraphExpression,
    asking: Asking,
    path: string,
  ): Promise<readonly string[]> {
    checkExpression(expression, path)
    return this.#selectionOf(asking).nodesOf(expression, await this.#sightOf(open), path)
  }

  /** Named scores with one value per node of this very graph. */
  async scoresOf(open: OpenGraph): Promise<Scores> {
    return (await this.#sightOf(open)).of.scores
  }

  /** Forgets a deleted circuit or model and all that was made from it. */
  forget(id: string): void {
    for (const [key, open] of this.#opened.entries()) {
      if (open.rootId === id || this.#sights.get(open.graph)?.of.operands.has(id)) this.#opened.delete(key)
    }
  }

  #selectionOf(asking: Asking): GraphSelection {
    const known = this.#selections.get(asking)
    if (known !== undefined) return known
    const selection = new GraphSelection(
      asking,
      this.#library,
      (operand) => this.#operand(operand, asking),
      this.#unrolling,
    )
    this.#selections.set(asking, selection)
    return selection
  }

  async #operand({ type, id }: GraphOperand, asking: Asking): Promise<Sight> {
    switch (type) {
      case 'circuit':
        return this.#sightOf(await this.openCircuit(id, asking))
      case 'model':
        return this.#sightOf(await this.openModel(id, asking))
      case 'sub':
        return this.#sightOf(await this.openSubcircuit(id, asking))
      default:
        return type satisfies never
    }
  }

  /** Derived graphs are remembered with what is known of them when they are made; here only stored ones are new. */
  async #sightOf(open: OpenGraph): Promise<Sight> {
    const known = this.#sights.get(open.graph)
    if (known !== undefined) return known
    const sets = open.rootType === 'circuit' ? await this.#store.scoreSetsOf(open.rootId) : []
    const scores: Scores = new Map(sets.map((set) => [set.name, set.values]))
    const of = wholeGraph(open.graph, scores, new Set([open.rootId]))
    const sight: Sight = { key: `${open.type}:${open.id}`, open, of }
    this.#sights.set(open.graph, sight)
    return sight
  }

  #subcircuit({ rootType, rootId }: OpenGraph, id: string, expression: string, sight: Sight): OpenGraph {
    const { graph } = sight.of
    if (!this.#sights.has(graph)) this.#sights.set(graph, sight)
    return { type: 'sub', id, rootType, rootId, expression, graph }
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
