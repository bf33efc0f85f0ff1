/** AbsTopK of rows in host memory by the WebAssembly kernel: copied in, cut, copied out. */
import type { CutRows } from './host-kernels.js'
import { wasmCode } from './wasm-code.js'

const PAGE = 65_536

export function wasmCutRows(): CutRows {
  const memory = new WebAssembly.Memory({ initial: 1 })
  const code = wasmCode(memory)
  return (x, width, k, kept) => {
    const bytes = x.byteLength
    const missing = 3 * bytes - memory.buffer.byteLength
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE))
    new Float32Array(memory.buffer, 0, x.length).set(x)
    code.cutRows(0, bytes, 2 * bytes, x.length / width, width, k)
    kept.set(new Float32Array(memory.buffer, 2 * bytes, x.length))
    return new Float32Array(memory.buffer, bytes, x.length).slice()
  }
}
