/** The one door to whatever computes: by name, or the fastest of those that are there, found by measuring. */
import * as tf from '@tensorflow/tfjs-core'
import { Unavailable } from '../../domain/errors.js'
import { BACKEND_NAMES, type BackendName } from '../../domain/training/training-record.js'
import type { Backend, BackendPlaces } from './backend.js'
import { cpuBackend } from './cpu-backend.js'
import { nativeBackend } from './native-backend.js'
import { wasmBackend } from './wasm-backend.js'
import { webgpuBackend } from './webgpu-backend.js'

const OPENERS: Readonly<Record<BackendName, (places: BackendPlaces) => Promise<Backend | string>>> = {
  native: nativeBackend,
  webgpu: webgpuBackend,
  wasm: wasmBackend,
  cpu: cpuBackend,
}

const opened = new Map<string, Promise<Backend | string>>()

/** The back end, or why it is not there in one sentence. */
export async function backendOrReason(name: BackendName, places: BackendPlaces): Promise<Backend | string> {
  tf.enableProdMode() // no check of every number, no word about two copies of TensorFlow.js
  const key = JSON.stringify([name, places.native])
  if (!opened.has(key)) opened.set(key, OPENERS[name](places))
  const found = await opened.get(key)!
  if (typeof found !== 'string') await found.use()
  return found
}

/** Throws UNAVAILABLE with the reason where it is not there. */
export async function openBackend(name: BackendName, places: BackendPlaces): Promise<Backend> {
  const found = await backendOrReason(name, places)
  if (typeof found === 'string') throw new Unavailable(`the back end ${name} is not there: ${found}`)
  return found
}

/** Of all that are there the one on which `trial` takes least time, with the time of each in milliseconds. */
export async function fastestBackend(
  places: BackendPlaces,
  trial: (backend: Backend) => Promise<void>,
): Promise<{ readonly backend: Backend; readonly times: Readonly<Partial<Record<BackendName, number>>> }> {
  const times: Partial<Record<BackendName, number>> = {}
  let best: { backend: Backend; time: number } | null = null
  for (const name of BACKEND_NAMES) {
    // Plain JavaScript has never been the fastest, and a step of it can take minutes.
    if (name === 'cpu') continue
    const backend = await backendOrReason(name, places)
    if (typeof backend === 'string') continue
    await trial(backend) // what is made at first use is not measured
    const from = performance.now()
    await trial(backend)
    const time = performance.now() - from
    times[name] = time
    if (best === null || time < best.time) best = { backend, time }
  }
  if (best === null) throw new Unavailable('no back end is there')
  await best.backend.use()
  return { backend: best.backend, times }
}
