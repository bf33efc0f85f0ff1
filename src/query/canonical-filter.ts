/** One tree for filters that mean the same: absent members are gone, sets have one order and each member once. */
import { canonicalJson, type JsonValue } from '../domain/canonical-json.js'

type Members = Readonly<Record<string, unknown>>

/** Members that are sets: no order, nothing twice. */
const SETS: ReadonlySet<string> = new Set(['AND', 'OR', 'in', 'notIn'])

/** A node or edge filter, or a condition in one, as JSON. An AND of nothing says nothing. */
export function canonicalFilter(filter: object): JsonValue {
  const out: Record<string, JsonValue> = {}
  for (const [name, value] of Object.entries(filter as Members)) {
    if (value === null || value === undefined) continue
    if (Array.isArray(value)) {
      const members = value.map(canonicalValue)
      const asked = SETS.has(name) ? inOrder(members) : members
      if (name !== 'AND' || asked.length > 0) out[name] = asked
    } else out[name] = canonicalValue(value)
  }
  return out
}

function canonicalValue(value: unknown): JsonValue {
  return value !== null && typeof value === 'object' ? canonicalFilter(value) : (value as JsonValue)
}

/** Each once, in the order of their canonical texts. */
export function inOrder(values: readonly JsonValue[]): JsonValue[] {
  const byText = new Map(values.map((value) => [canonicalJson(value), value]))
  return [...byText.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value)
}
