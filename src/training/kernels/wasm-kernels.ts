/**
 * Kernels of our own inside the memory of TensorFlow.js's WebAssembly back end: its transposed and batched products,
 * column sums and error function are slow, and none of them gains from zeros. Results are tensors like any other.
 */
import * as tf from '@tensorflow/tfjs-core'
import { invariant } from '../../domain/errors.js'
import type { Kernels } from './kernels.js'
import { RMS_EPSILON } from './kernels.js'
import { wasmCode } from './wasm-code.js'

/** The parts of `BackendWasm` that are needed; it has no public door to its memory. */
interface WasmHeap {
  readonly wasm: {
    readonly asm: { readonly memory: WebAssembly.Memory }
    _malloc(bytes: number): number
    _free(address: number): void
  }
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number } }
  makeOutput(shape: readonly number[], dtype: 'float32'): tf.TensorInfo
}

/** The WebAssembly back end must be the one in use. */
export function wasmKernels(): Kernels {
  const heap = tf.backend() as unknown as WasmHeap
  const memory = heap.wasm.asm.memory
  invariant(memory instanceof WebAssembly.Memory, 'the WebAssembly back end has one memory')
  const code = wasmCode(memory)
  const at = ({ dataId }: tf.Tensor): number => heap.dataIdMap.get(dataId).memoryOffset
  const made = <T extends tf.Tensor>(...shape: number[]): T =>
    tf.engine().makeTensorFromTensorInfo(heap.makeOutput(shape, 'float32')) as T

  let room = { address: 0, bytes: 0 }
  /** Memory for as long as a kernel runs. */
  const scratch = (numbers: number): number => {
    const bytes = 4 * numbers + 64
    if (bytes > room.bytes) {
      if (room.bytes > 0) heap.wasm._free(room.address)
      room = { address: heap.wasm._malloc(bytes) >>> 0, bytes }
    }
    return (room.address + 15) & ~15
  }
  const rowsTimes = (
    x: tf.Tensor2D,
    matrix: number,
    bias: number,
    outer: number,
    used: number,
  ): tf.Tensor2D => {
    const [rows, inner] = x.shape
    const y = made<tf.Tensor2D>(rows, outer)
    code.rowsTimes(at(x), matrix, bias, at(y), rows, inner, outer, used)
    return y
  }

  return {
    linear(x, weight, bias) {
      const [outer, inner] = weight.shape
      const turned = scratch((outer + 2) * inner)
      code.transpose(at(weight), turned, outer, inner)
      return rowsTimes(x, turned, bias === null ? 0 : at(bias), outer, turned + 4 * outer * inner)
    },
    linearBack(dy, x, weight) {
      const [rows, outer] = dy.shape
      const inner = x.shape[1]
      const dx = rowsTimes(dy, at(weight), 0, inner, scratch(2 * outer))
      const dWeight = made<tf.Tensor2D>(outer, inner)
      const lists = scratch(2 * rows * outer + outer + 1)
      code.columnsTimes(at(dy), at(x), at(dWeight), rows, outer, inner, lists)
      const dBias = made<tf.Tensor1D>(outer)
      code.columnSums(at(dy), at(dBias), rows, outer)
      return { dx, dWeight, dBias }
    },
    absTopK(x, k) {
      const [rows, width] = x.shape
      const y = made<tf.Tensor2D>(rows, width)
      const kept = made<tf.Tensor2D>(rows, width)
      code.cutRows(at(x), at(y), at(kept), rows, width, k)
      return { y, kept }
    },
    gelu(x) {
      const y = made<tf.Tensor2D>(...x.shape)
      code.gelu(at(x), at(y), x.size)
      return y
    },
    geluBack(dy, x) {
      const dx = made<tf.Tensor2D>(...x.shape)
      code.geluBack(at(dy), at(x), at(dx), x.size)
      return dx
    },
    rmsNorm(x, gain) {
      const [rows, width] = x.shape
      const y = made<tf.Tensor2D>(rows, width)
      const scale = made<tf.Tensor2D>(rows, 1)
      code.rmsNorm(at(x), at(gain), at(y), at(scale), rows, width, RMS_EPSILON)
      return { y, scale }
    },
    rmsNormBack(dy, x, gain, scale) {
      const [rows, width] = x.shape
      const dx = made<tf.Tensor2D>(rows, width)
      const dGain = made<tf.Tensor1D>(width)
      code.rmsNormBack(at(dy), at(x), at(gain), at(scale), at(dx), at(dGain), rows, width)
      return { dx, dGain }
    },
    attention({ q, k, v, sink }, { sequences, length, heads, dHead }) {
      const y = made<tf.Tensor2D>(...q.shape)
      const pattern = made<tf.Tensor4D>(sequences, heads, length, length)
      const used = scratch(headRoom(length, dHead))
      const ownSink = sink === null ? 0 : at(sink)
      code.attention(at(q), at(k), at(v), ownSink, at(y), at(pattern), sequences, length, heads, dHead, used)
      return { y, pattern }
    },
    attentionBack(dy, { q, k, v, sink }, pattern, { sequences, length, heads, dHead }) {
      const [dq, dk, dv] = [0, 1, 2].map(() => made<tf.Tensor2D>(...q.shape)) as [
        tf.Tensor2D,
        tf.Tensor2D,
        tf.Tensor2D,
      ]
      const dSink = sink === null ? null : made<tf.Tensor1D>(heads)
      const out = [at(dq), at(dk), at(dv), dSink === null ? 0 : at(dSink)]
      const used = scratch(headRoom(length, dHead))
      const given = [at(dy), at(q), at(k), at(v), at(pattern)]
      code.attentionBack(...given, ...out, sequences, length, heads, dHead, used)
      return { dq, dk, dv, dSink }
    },
    rows(table, ids) {
      const width = table.shape[1]
      const y = made<tf.Tensor2D>(ids.size, width)
      code.gatherRows(at(table), at(ids), at(y), ids.size, width)
      return y
    },
    rowsBack(dy, ids, tableRows) {
      const width = dy.shape[1]
      const table = made<tf.Tensor2D>(tableRows, width)
      code.scatterRows(at(dy), at(ids), at(table), ids.size, width, tableRows)
      return table
    },
    crossEntropy(logits, targets) {
      const [rows, width] = logits.shape
      const loss = made<tf.Tensor1D>(1)
      const dLogits = made<tf.Tensor2D>(rows, width)
      code.crossEntropy(at(logits), at(targets), at(loss), at(dLogits), rows, width, scratch(width + 8))
      return { loss, dLogits }
    },
  }
}

/** Numbers of scratch memory for one head: eight tables and two rows, padded to whole vectors. */
function headRoom(length: number, dHead: number): number {
  const padded = (count: number): number => (count + 3) & ~3
  return 8 * Math.max(length * padded(dHead), dHead * padded(length)) + 2 * padded(length)
}
