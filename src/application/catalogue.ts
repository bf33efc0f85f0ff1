/** The catalogue: circuits and models found by filter, reference or id. */
import type { JsonValue } from '../domain/canonical-json.js'
import { Conflict, InvalidInput } from '../domain/errors.js'
import type { CircuitSummary, SparseModelSummary } from '../domain/records.js'
import {
  CIRCUIT_ORDER_FIELDS,
  type CircuitCondition,
  type Direction,
  MODEL_ORDER_FIELDS,
  type PageKey,
  type Slice,
} from '../query/catalogue-query.js'
import { decodeCursor, encodeCursor, questionKey } from '../query/cursor.js'
import type { Page } from './answers.js'
import { boundsOf } from './paging.js'
import { plainJson } from './plain-json.js'
import type { CircuitStore } from './ports/circuit-store.js'
import type { PageRequest } from './questions.js'
import type { Ref } from './use-cases.js'

type Order = { readonly field: string; readonly direction: Direction } | null

export class Catalogue {
  readonly #store: CircuitStore

  constructor(store: CircuitStore) {
    this.#store = store
  }

  async findCircuits(question: {
    where: CircuitCondition | null
    orderBy: Order
    page: PageRequest
  }): Promise<Page<CircuitSummary>> {
    const key = questionKey(plainJson({ find: 'circuits', where: question.where, orderBy: question.orderBy }))
    const query = { where: question.where, ...catalogueQuery(question, CIRCUIT_ORDER_FIELDS, key) }
    return toPage(await this.#store.findCircuits(query), question.page, key)
  }

  async findModels(question: {
    nameContains: string | null
    orderBy: Order
    page: PageRequest
  }): Promise<Page<SparseModelSummary>> {
    const key = questionKey(
      plainJson({ find: 'models', nameContains: question.nameContains, orderBy: question.orderBy }),
    )
    const query = {
      nameContains: question.nameContains,
      ...catalogueQuery(question, MODEL_ORDER_FIELDS, key),
    }
    return toPage(await this.#store.findModels(query), question.page, key)
  }

  async resolveCircuit(ref: Ref): Promise<CircuitSummary | null> {
    const id = await this.#idOf('circuit', ref)
    return id === null ? null : ((await this.#store.circuitSummaries([id]))[0] ?? null)
  }

  async resolveModel(ref: Ref): Promise<SparseModelSummary | null> {
    const id = await this.#idOf('model', ref)
    return id === null ? null : ((await this.#store.modelSummaries([id]))[0] ?? null)
  }

  async #idOf(kind: 'circuit' | 'model', ref: Ref): Promise<string | null> {
    if (ref.kind === 'name') return this.#store.resolveName(kind, ref.name)
    if (!/^[0-9a-f]{8,64}$/.test(ref.id)) {
      throw new InvalidInput(
        'BAD_ID',
        `${JSON.stringify(ref.id.slice(0, 80))} is not the id of a ${kind}: 64 lower-case hex digits, or a unique prefix of eight or more`,
      )
    }
    if (ref.id.length === 64) return ref.id
    const found = await this.#store.idsWithPrefix(kind, ref.id, 2)
    if (found.length > 1)
      throw new Conflict(`the prefix ${ref.id} fits several ${kind}s`, { hint: 'give more digits' })
    return found[0] ?? null
  }
}

function catalogueQuery<F extends string>(
  question: { readonly orderBy: Order; readonly page: PageRequest },
  fields: readonly F[],
  key: string,
): {
  orderBy: { field: F; direction: Direction }[]
  limit: number
  after: PageKey | null
  backwards: boolean
} {
  const { size, backwards } = boundsOf(question.page)
  const cursor = backwards ? question.page.before : question.page.after
  const order = question.orderBy
  const field = fields.find((known) => known === order?.field)
  if (order !== null && field === undefined)
    throw new InvalidInput('BAD_INPUT', `${JSON.stringify(order.field)} is not an order of the catalogue`)
  return {
    orderBy: [{ field: field ?? fields[0]!, direction: order?.direction ?? 'ASC' }],
    limit: size,
    after: cursor === null ? null : pageKey(decodeCursor(key, cursor)),
    backwards,
  }
}

function pageKey(value: JsonValue): PageKey {
  const fits =
    Array.isArray(value) &&
    value.length === 2 &&
    value.every((part) => part === null || typeof part === 'string' || typeof part === 'number')
  if (!fits) throw new InvalidInput('BAD_CURSOR', 'this cursor was not given out by the catalogue')
  return value as PageKey
}

function toPage<Row>(slice: Slice<Row>, page: PageRequest, key: string): Page<Row> {
  const backwards = page.last !== null
  return {
    rows: slice.rows.map(({ row, key: at }) => ({ row, cursor: encodeCursor(key, at) })),
    hasNextPage: backwards ? page.before !== null : slice.more,
    hasPreviousPage: backwards ? slice.more : page.after !== null,
    totalCount: slice.totalCount,
  }
}
