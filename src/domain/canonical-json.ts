/**
 * JSON with one spelling per value: RFC 8785 (JSON Canonicalization Scheme). Keys are sorted by UTF-16 code unit,
 * numbers print as ECMAScript prints them, −0 prints as 0. Hashes of questions and headers are taken over it.
 */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

/** Throws when a number is not finite: JSON has no spelling for it. `undefined` members are left out. */
export function canonicalJson(value: JsonValue): string {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError(`JSON has no number ${value}`)
    return JSON.stringify(value)
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const object = value as { readonly [key: string]: JsonValue | undefined }
  const members = Object.keys(object)
    .filter((key) => object[key] !== undefined)
    .sort(byCodeUnit)
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key] as JsonValue)}`)
  return `{${members.join(',')}}`
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
