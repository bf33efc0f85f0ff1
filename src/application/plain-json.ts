import type { JsonValue } from '../domain/canonical-json.js'

/** A question as JSON without its absent (null or undefined) members, so that a default spelled out or left out hashes alike. */
export function plainJson(value: unknown): JsonValue {
  return JSON.parse(
    JSON.stringify(value, (_, member: unknown) => (member === null ? undefined : member)),
  ) as JsonValue
}
