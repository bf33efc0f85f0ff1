/** The compiled kernels, made ready over a memory; each thread has its own instance. */
import { KERNELS_WASM } from './wasm-binary.js'

/** Addresses and lengths; what they mean stands with the sources in assembly/. */
export interface WasmCode {
  products(...of: number[]): void
  transposedProducts(...of: number[]): void
  absTopKRows(...of: number[]): number
  gelu(...of: number[]): void
  geluBackward(...of: number[]): void
  geluTopKRows(...of: number[]): number
  attention(...of: number[]): void
  attend(...of: number[]): void
  attendBackward(...of: number[]): void
  patternBackward(...of: number[]): void
  attentionGradients(...of: number[]): void
}

/** In this order a kernel is named by its number. */
export const KERNEL_NAMES = [
  'products',
  'transposedProducts',
  'absTopKRows',
  'gelu',
  'geluBackward',
  'geluTopKRows',
  'attention',
  'attend',
  'attendBackward',
  'patternBackward',
  'attentionGradients',
] as const satisfies readonly (keyof WasmCode)[]
export type KernelName = (typeof KERNEL_NAMES)[number]

let compiled: WebAssembly.Module | null = null

export function wasmCode(memory: WebAssembly.Memory): WasmCode {
  compiled ??= new WebAssembly.Module(Buffer.from(KERNELS_WASM, 'base64'))
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as WasmCode
}
