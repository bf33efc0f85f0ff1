/** Plain JavaScript: slow, and the one that depends on nothing. */
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import { hostKernels } from '../kernels/host-kernels.js'
import type { Backend } from './backend.js'
import { processor } from './native-backend.js'

export async function cpuBackend(): Promise<Backend> {
  await tf.setBackend('cpu')
  return {
    backend: 'cpu',
    device: `JavaScript, tfjs ${tf.version_core}, node ${process.version}, ${processor()}`,
    kernels: hostKernels(),
    isSynchronous: true,
    use: async () => void (await tf.setBackend('cpu')),
  }
}
