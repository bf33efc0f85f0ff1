import type { JsonValue } from '../domain/canonical-json.js'

/**
 * A question as JSON without its absent (null or undefined) members, so that a default spelled out or left out hashes
 * alike, and without the `members` of its selectors: the supernode's version or the expression says which they are.
 */
export function plainJson(value: unknown): JsonValue {
  return JSON.parse(
    JSON.stringify(value, (name, member: unknown) =>
      member === null || name === 'members' ? undefined : member,
    ),
  ) as JsonValue
}
