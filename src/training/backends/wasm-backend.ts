/** WebAssembly with SIMD, one thread: TensorFlow.js offers its threads in browsers alone. Always there. */
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-wasm'
import { wasmKernels } from '../kernels/wasm-kernels.js'
import type { Backend } from './backend.js'
import { processor } from './native-backend.js'

export async function wasmBackend(): Promise<Backend> {
  await tf.setBackend('wasm')
  return {
    backend: 'wasm',
    device: `WebAssembly SIMD, tfjs ${tf.version_core}, node ${process.version}, ${processor()}`,
    kernels: wasmKernels(),
    isSynchronous: true,
    use: async () => void (await tf.setBackend('wasm')),
  }
}
