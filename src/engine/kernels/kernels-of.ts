/** The kernels of a model: compiled ones in an arena of its memory, or plain ones for a small model. */
import { LRUCache } from 'lru-cache'
import type { PreparedModel } from '../../model/prepared-model.js'
import type { Kernels } from './kernels.js'
import { PlainKernels } from './plain-kernels.js'
import { WasmKernels } from './wasm-kernels.js'

const plain = new PlainKernels()
/** Clones of one memory are different objects in every task, so rooms are known by their number. */
const byRoom = new LRUCache<string, Kernels>({ max: 64 })

/** Tells the kernels of a large model that a task has them to itself, and whether a second thread may help. */
export function beginKernels(model: Pick<PreparedModel, 'room'>, helped: boolean): void {
  const kernels = kernelsOf(model)
  if (kernels instanceof WasmKernels) kernels.begin(helped)
}

export function kernelsOf({ room }: Pick<PreparedModel, 'room'>): Kernels {
  if (room === null) return plain
  const key = `${room.id} ${room.arena}`
  const known = byRoom.get(key)
  if (known !== undefined) return known
  const made = new WasmKernels(room)
  byRoom.set(key, made)
  return made
}
