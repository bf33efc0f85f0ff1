/** The compiled kernels of training, made ready over a memory: addresses and lengths, as in assembly/. */
import { KERNELS_WASM } from './wasm-binary.js'

export interface WasmCode {
  cutRows(x: number, y: number, kept: number, rows: number, width: number, k: number): void
  rowsTimes(...of: number[]): void
  columnsTimes(...of: number[]): void
  transpose(x: number, y: number, rows: number, columns: number): void
  columnSums(x: number, y: number, rows: number, columns: number): void
  gelu(x: number, y: number, length: number): void
  geluBack(dy: number, x: number, dx: number, length: number): void
  rmsNorm(...of: number[]): void
  rmsNormBack(...of: number[]): void
  attention(...of: number[]): void
  attentionBack(...of: number[]): void
  gatherRows(table: number, ids: number, y: number, rows: number, width: number): void
  scatterRows(d: number, ids: number, table: number, rows: number, width: number, tableRows: number): void
  crossEntropy(...of: number[]): void
}

let compiled: WebAssembly.Module | null = null

export function wasmCode(memory: WebAssembly.Memory): WasmCode {
  compiled ??= new WebAssembly.Module(Buffer.from(KERNELS_WASM, 'base64'))
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as WasmCode
}
