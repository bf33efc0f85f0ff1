/** Checked access to parsed JSON of unknown make: every wrong type is one sentence with the path to it. */
import { InvalidInput } from '../domain/errors.js'

export type JsonObject = Readonly<Record<string, unknown>>

/** Parses UTF-8 JSON; throws `BAD_FILE` naming the file. */
export function parseJson(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new InvalidInput('BAD_FILE', `${file} is not JSON: ${(cause as Error).message}`, {
      path: file,
      cause,
    })
  }
}

export function objectAt(value: unknown, path: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return wrong(value, path, 'an object')
  return value as JsonObject
}

export function listAt(value: unknown, path: string): readonly unknown[] {
  return Array.isArray(value) ? value : wrong(value, path, 'a list')
}

export function textAt(value: unknown, path: string): string {
  return typeof value === 'string' ? value : wrong(value, path, 'text')
}

/** Missing and null are null. */
export function optionalText(value: unknown, path: string): string | null {
  return value === undefined || value === null ? null : textAt(value, path)
}

export function optionalNumber(value: unknown, path: string): number | null {
  if (value === undefined || value === null) return null
  return typeof value === 'number' && Number.isFinite(value)
    ? value
    : wrong(value, path, 'a finite number or null')
}

/** A whole number from 0 to below `limit`. */
export function indexAt(value: unknown, path: string, limit: number): number {
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) < limit) return value as number
  return wrong(value, path, `a whole number from 0 to below ${limit}`)
}

export function oneOf<const T extends string>(words: readonly T[], value: unknown, path: string): T {
  return words.find((word) => word === value) ?? wrong(value, path, `one of ${words.join(', ')}`)
}

function wrong(value: unknown, path: string, expected: string): never {
  const text = JSON.stringify(value) ?? 'missing'
  const shown = text.length > 80 ? `${text.slice(0, 79)}…` : text
  throw new InvalidInput('BAD_FILE', `${path} is ${shown}, not ${expected}`, { path })
}
