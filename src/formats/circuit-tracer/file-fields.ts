/** Loose access to the metadata of a file, whose fields no version of the format promises. */
import type { JsonValue } from '../../domain/canonical-json.js'

export type Fields = Readonly<Record<string, unknown>>

/** The value where it is an object, else an empty one. */
export function fieldsOf(value: unknown): Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : {}
}

/** Text that says something, or null. */
export function sayingText(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null
}

/** The texts of a list; anything else in it is left out. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
}

/** As plain JSON: NaN and infinite numbers become null. */
export function plainJson(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value ?? null)) as JsonValue
}
