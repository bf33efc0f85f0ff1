/**
 * A graphics card through WebGPU: `webgpu` brings the browser's interface to Node (over Vulkan, Metal or Direct3D),
 * `@tensorflow/tfjs-backend-webgpu` computes with it. Both are optional.
 */
import * as tf from '@tensorflow/tfjs-core'
import { tensorKernels } from '../kernels/tensor-kernels.js'
import type { Backend, BackendPlaces } from './backend.js'
import { optionalPackage } from './optional-package.js'

interface Adapter {
  readonly info?: { readonly vendor: string; readonly device: string; readonly description: string }
}
interface WebGPU {
  create(flags: readonly string[]): { requestAdapter(): Promise<Adapter | null> }
  readonly globals: object
}

/** A sentence where it is not there. */
export async function webgpuBackend({ native }: BackendPlaces): Promise<Backend | string> {
  const door = fromEither('webgpu', native)
  if ('missing' in door) return door.missing
  const { create, globals } = door.module as WebGPU
  const gpu = create([])
  const adapter = await gpu.requestAdapter()
  if (adapter === null) return 'the package webgpu finds no graphics card and no driver'
  // The back end looks for a browser's names when it is loaded.
  Object.assign(globalThis, globals)
  Object.defineProperty(globalThis, 'navigator', { value: { gpu, userAgent: 'node' }, configurable: true })
  Object.defineProperty(globalThis, 'WorkerGlobalScope', { value: Object, configurable: true })
  const package_ = fromEither('@tensorflow/tfjs-backend-webgpu', native)
  if ('missing' in package_) return package_.missing
  if (!(await tf.setBackend('webgpu'))) return 'TensorFlow.js could not begin on WebGPU'
  const { vendor, device, description } = adapter.info ?? { vendor: '', device: '', description: '' }
  return {
    backend: 'webgpu',
    device: `WebGPU, tfjs ${tf.version_core}, ${[vendor, device, description].filter(Boolean).join(' ') || 'unnamed card'}`,
    kernels: tensorKernels,
    isSynchronous: false,
    use: async () => void (await tf.setBackend('webgpu')),
  }
}

function fromEither(name: string, folder: string | null): ReturnType<typeof optionalPackage> {
  const own = optionalPackage(name, null)
  return 'module' in own || folder === null ? own : optionalPackage(name, folder)
}
