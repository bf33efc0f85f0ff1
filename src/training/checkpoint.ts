/**
 * A run as bytes, to go on from: one line of JSON, then weights and both moments as float32. Whatever the next steps
 * depend on is in it, so that a run that was killed gives the same model as an unbroken one.
 */
import { InvalidInput } from '../domain/errors.js'
import { littleEndianBytes, readFloat32 } from '../domain/little-endian.js'
import type { BackendName } from '../domain/training/training-record.js'
import type { CurveState } from './loss-curves.js'
import type { TrainingState } from './optimising/training-state.js'

export interface CheckpointFacts {
  readonly planHash: string
  readonly text: string
  readonly backend: BackendName
  readonly curves: CurveState
  readonly resumedAt: readonly number[]
  readonly seconds: number
}

export interface Checkpoint extends CheckpointFacts {
  readonly state: TrainingState
}

/** Where the last checkpoint of a run rests. */
export interface CheckpointShelf {
  /** Null where there is none. */
  read(): Promise<Uint8Array | null>
  /** The new one stands there whole, or the old one does. */
  write(bytes: Uint8Array): Promise<void>
}

const FORMAT = 'circuitql-checkpoint'
const VERSION = 1
const NEWLINE = 10

export function encodeCheckpoint({ state, ...facts }: Checkpoint): Uint8Array {
  const { weights, moments, step } = state
  const head = { format: FORMAT, version: VERSION, step, parameters: weights.length, ...facts }
  const parts = [weights, moments.first, moments.second].map(littleEndianBytes)
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...parts])
}

/** Throws BAD_FILE for bytes that are no whole checkpoint of `parameters` weights. */
export function decodeCheckpoint(bytes: Uint8Array, parameters: number): Checkpoint {
  const end = bytes.indexOf(NEWLINE)
  const head = parsedHead(bytes.subarray(0, Math.max(0, end)))
  if (head.parameters !== parameters || bytes.length !== end + 1 + 12 * parameters) {
    const found = `${head.parameters} parameters in ${bytes.length} bytes`
    throw new InvalidInput(
      'BAD_FILE',
      `the checkpoint holds ${found}, the model has ${parameters} parameters`,
    )
  }
  const part = (index: number): Float32Array =>
    readFloat32(bytes, end + 1 + 4 * parameters * index, parameters)
  const { planHash, text, backend, curves, resumedAt, seconds } = head
  const state = { weights: part(0), moments: { first: part(1), second: part(2) }, step: head.step }
  return { planHash, text, backend, curves, resumedAt, seconds, state }
}

/** What made a checkpoint: the run goes on with nothing else. Throws BAD_FILE as reading it does. */
export function checkpointBackend(bytes: Uint8Array): BackendName {
  return parsedHead(bytes.subarray(0, Math.max(0, bytes.indexOf(NEWLINE)))).backend
}

type Head = CheckpointFacts & { readonly step: number; readonly parameters: number }

function parsedHead(bytes: Uint8Array): Head {
  try {
    const head = JSON.parse(new TextDecoder().decode(bytes)) as Head & { format: string; version: number }
    if (head.format === FORMAT && head.version === VERSION) return head
  } catch {
    // Told below, with everything else that is no checkpoint.
  }
  throw new InvalidInput('BAD_FILE', 'the checkpoint does not begin as one of this version')
}
