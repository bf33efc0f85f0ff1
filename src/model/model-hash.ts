/**
 * The identity of a sparse model (language.md §1): SHA-256 over the canonical configuration, then every tensor in
 * code-point order of its name as one line of canonical JSON (name, stored type, shape) and its stored bytes. −0
 * counts as 0; NaN and infinities are refused. The same weights give the same id out of any file.
 */
import { canonicalJson } from '../domain/canonical-json.js'
import { InvalidInput } from '../domain/errors.js'
import { Sha256 } from '../domain/sha256.js'
import type { ModelConfig, Tensor } from '../domain/sparse-model-data.js'
import { runToEnd } from '../domain/steps.js'
import { modelConfigJson } from './model-config.js'
import { canonicalTensors } from './tensor-table.js'
import { elementBytes } from './tensor-values.js'

/** 64 lower-case hex digits. Throws what `canonicalTensors` throws, and BAD_FILE for a number that is not finite. */
export function modelHash(config: ModelConfig, tensors: readonly Tensor[]): string {
  return runToEnd(modelHashInSteps(config, tensors))
}

/** The same work, pausing before and after every tensor, for callers that must not hold their thread. */
export function* modelHashInSteps(config: ModelConfig, tensors: readonly Tensor[]): Generator<void, string> {
  const hash = new Sha256()
  hash.add(`${canonicalJson(modelConfigJson(config))}\n`)
  for (const tensor of canonicalTensors(config, tensors)) {
    hash.add(`${canonicalJson({ name: tensor.name, dtype: tensor.dtype, shape: tensor.shape })}\n`)
    const bytes = canonicalBytes(tensor)
    yield
    hash.add(bytes)
    yield
  }
  return hash.hex()
}

/** Exponent bits that are all ones in NaN and infinities, as seen in the two highest bytes of an element. */
const EXPONENT: Readonly<Record<string, number>> = { F64: 0x7ff0, F32: 0x7f80, BF16: 0x7f80, F16: 0x7c00 }

/** The stored bytes; a copy with 0 for −0 where there is one. */
function canonicalBytes(tensor: Tensor): Uint8Array {
  const size = elementBytes(tensor)
  const exponent = EXPONENT[tensor.dtype]!
  let bytes = tensor.bytes
  for (let top = size - 1; top < bytes.length; top += size) {
    const high = (bytes[top]! << 8) | bytes[top - 1]!
    if ((high & exponent) === exponent) {
      throw new InvalidInput(
        'BAD_FILE',
        `tensor ${tensor.name} is not finite at element ${(top + 1) / size - 1}; weights are finite`,
        {
          path: tensor.name,
        },
      )
    }
    if (high === 0x8000 && isZeroBelow(bytes, top, size)) {
      if (bytes === tensor.bytes) bytes = Uint8Array.from(bytes)
      bytes[top] = 0
    }
  }
  return bytes
}

function isZeroBelow(bytes: Uint8Array, top: number, size: number): boolean {
  for (let i = top - size + 1; i < top - 1; i++) if (bytes[i] !== 0) return false
  return true
}
