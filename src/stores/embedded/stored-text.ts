/**
 * Text that a person wrote, as SQLite keeps it: UTF-8 bytes, which compare by code point and may hold U+0000. An
 * unpaired surrogate has no UTF-8 form and becomes U+FFFD.
 */
import { foldedKey } from '../../domain/code-point-order.js'

export function textBytes(text: string): Uint8Array {
  // Not a TextEncoder: `node:sqlite` takes its empty array, which has no memory behind it, for NULL.
  return Buffer.from(text, 'utf8')
}
export function bytesText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}
/** The key of case-insensitive search. */
export function foldedBytes(text: string): Uint8Array {
  return textBytes(foldedKey(text))
}
