/**
 * Python programs of a folder as packed tokens. Files are parted into training and held-out ones by a hash of their
 * content, so that equal files are never on both sides; equal files are read once. What is read is bounded, and which
 * files they were is recorded by one hash.
 */
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidInput, throwIfAborted } from '../../domain/errors.js'
import { sha256Hex } from '../../domain/sha256.js'
import type { BytePairTokenizer } from '../../model/byte-pair-tokenizer.js'
import type { PackedText } from '../../model/texts/packed-text.js'
import { pythonFiles } from './python-files.js'
import { GrowingTokenLine } from './token-line.js'

export interface PythonSourceOptions {
  readonly signal: AbortSignal
  /** Bytes of source read at most; the files behind them, in the order of their paths, are left out. */
  readonly maxBytes?: number
  /** Longer files, mostly tables, are left out. */
  readonly maxFileBytes?: number
  readonly progress?: (done: number, total: number) => void
}

/** What was read, for the record of a model. */
export interface PythonSourceRecord {
  readonly files: number
  readonly bytes: number
  readonly heldOutFiles: number
  readonly trainTokens: number
  readonly heldOutTokens: number
  /** Over path and content hash of every file that was read, in order. */
  readonly sha256: string
  readonly leftOut: {
    readonly links: number
    readonly tooLong: number
    readonly notUtf8: number
    readonly equal: number
    /** Behind the limit of bytes. */
    readonly beyondLimit: number
  }
}

export const DEFAULT_MAX_BYTES = 256 << 20
export const DEFAULT_MAX_FILE_BYTES = 1 << 20

/** About one file of twenty is held out. */
export const HELD_OUT_SHARE = 20

/** Throws NOT_FOUND, BAD_INPUT for a folder with fewer than two readable files; rejects with the signal's reason. */
export async function readPythonSource(
  folder: string,
  tokenizer: BytePairTokenizer,
  {
    signal,
    maxBytes = DEFAULT_MAX_BYTES,
    maxFileBytes = DEFAULT_MAX_FILE_BYTES,
    progress,
  }: PythonSourceOptions,
): Promise<{ readonly text: PackedText; readonly record: PythonSourceRecord }> {
  if (tokenizer.endOfText === null)
    throw new InvalidInput('BAD_INPUT', 'the tokenizer has no end-of-text token to part programs with', {
      hint: 'train one: circuitql tokenizer train FOLDER',
    })
  const { root, paths, links } = await pythonFiles(folder, signal)
  const lines = {
    train: new GrowingTokenLine(tokenizer.vocabulary.length),
    heldOut: new GrowingTokenLine(tokenizer.vocabulary.length),
  }
  const leftOut = { links, tooLong: 0, notUtf8: 0, equal: 0, beyondLimit: 0 }
  const all = createHash('sha256')
  const seen = new Set<string>()
  let bytes = 0
  let lastTrained = 0
  let heldOutFiles = 0
  for (const [i, path] of paths.entries()) {
    throwIfAborted(signal)
    const content = await readBounded(join(root, path), maxFileBytes)
    const hash = content === null ? '' : sha256Hex(content)
    const text = content === null ? null : utf8(content)
    if (content === null) leftOut.tooLong++
    else if (bytes + content.length > maxBytes) leftOut.beyondLimit++
    else if (text === null) leftOut.notUtf8++
    else if (seen.has(hash)) leftOut.equal++
    else {
      seen.add(hash)
      all.update(`${hash} ${path}\n`)
      bytes += content.length
      const isHeldOut = partOf(hash) === 0
      if (isHeldOut) heldOutFiles++
      const ids = [...tokenizer.encode(text), tokenizer.endOfText]
      ;(isHeldOut ? lines.heldOut : lines.train).append(ids)
      if (!isHeldOut) lastTrained = ids.length
    }
    progress?.(i + 1, paths.length)
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  const files = seen.size
  // In a small folder no hash may fall on the held-out side; then its last file does.
  if (heldOutFiles === 0 && files > 1) {
    heldOutFiles = 1
    lines.heldOut.append(lines.train.takeLast(lastTrained))
  }
  if (heldOutFiles === 0 || heldOutFiles === files)
    throw new InvalidInput(
      'BAD_INPUT',
      `${folder} has ${files} readable Python files, of which ${heldOutFiles} would be held out; both parts need one`,
      { path: folder, hint: 'name a folder with more files' },
    )
  const sha256 = all.digest('hex')
  return {
    text: {
      name: `python@1 (${files} files, ${sha256.slice(0, 12)})`,
      vocabulary: tokenizer.vocabulary,
      train: lines.train.done(),
      heldOut: lines.heldOut.done(),
    },
    record: {
      files,
      bytes,
      heldOutFiles,
      trainTokens: lines.train.length,
      heldOutTokens: lines.heldOut.length,
      sha256,
      leftOut,
    },
  }
}

function partOf(hash: string): number {
  return Number.parseInt(hash.slice(0, 8), 16) % HELD_OUT_SHARE
}

/** The whole file; null when it is longer. */
async function readBounded(path: string, maxBytes: number): Promise<Uint8Array | null> {
  // A file that has become a link since it was listed is refused (Windows has no such flag).
  const handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  try {
    const { size } = await handle.stat()
    if (size > maxBytes) return null
    return new Uint8Array(await handle.readFile())
  } finally {
    await handle.close()
  }
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}
