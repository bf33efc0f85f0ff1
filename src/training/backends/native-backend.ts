/**
 * TensorFlow itself through `@tensorflow/tfjs-node-gpu` (CUDA) or `@tensorflow/tfjs-node`. Their own copy of
 * TensorFlow.js and ours share one engine as long as both are of the same version.
 */
import { cpus } from 'node:os'
import * as tf from '@tensorflow/tfjs-core'
import { hostKernels } from '../kernels/host-kernels.js'
import { wasmCutRows } from '../kernels/wasm-cut-rows.js'
import type { Backend, BackendPlaces } from './backend.js'
import { optionalPackage } from './optional-package.js'

interface NativeBackend {
  readonly binding: { readonly TF_Version: string }
  readonly isUsingGpuDevice: boolean
}
type NativePackage = { readonly version: Readonly<Record<string, string>> }

const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node']
const HINT =
  'npx circuitql native builds it from public packages; CIRCUITQL_TFJS_NODE names a folder that has it'

/** A sentence where it is not there. */
export async function nativeBackend({ native }: BackendPlaces): Promise<Backend | string> {
  const faults: string[] = []
  for (const name of PACKAGES) {
    for (const folder of native === null ? [null] : [native, null]) {
      const found = optionalPackage(name, folder)
      if (!('module' in found)) {
        if (!faults.includes(found.missing)) faults.push(found.missing)
        continue
      }
      const version = (found.module as NativePackage).version['tfjs-core']
      if (version !== tf.version_core) {
        faults.push(`${name} carries TensorFlow.js ${version}, this product ${tf.version_core}`)
        continue
      }
      await tf.setBackend('tensorflow')
      const { binding, isUsingGpuDevice } = tf.backend() as unknown as NativeBackend
      const hardware = isUsingGpuDevice ? 'CUDA' : processor()
      return {
        backend: 'native',
        device: `TensorFlow ${binding.TF_Version}, tfjs ${version}, ${hardware}`,
        kernels: hostKernels(wasmCutRows()),
        isSynchronous: true,
        use: async () => void (await tf.setBackend('tensorflow')),
      }
    }
  }
  return `${faults.join('; ')} (${HINT})`
}

export function processor(): string {
  const all = cpus()
  return `${all[0]?.model.trim() ?? 'unknown processor'} × ${all.length}`
}
