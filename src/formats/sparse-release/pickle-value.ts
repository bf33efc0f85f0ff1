/** What a pickle may hold here: plain containers, scalars and descriptions of tensors. Nothing in it can act. */
import type { DType } from '../../domain/sparse-model-data.js'

export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleList
  | PickleTuple
  | PickleSet
  | PickleDict
  | PickleGlobal
  | PickleStorage
  | PickleTensor

export interface PickleList {
  readonly kind: 'list'
  readonly items: PickleValue[]
}
export interface PickleTuple {
  readonly kind: 'tuple'
  readonly items: readonly PickleValue[]
}
export interface PickleSet {
  readonly kind: 'set'
  readonly items: PickleValue[]
}
/** dict or OrderedDict. Keys compare as JavaScript compares them: a tensor or tuple equals only itself. */
export interface PickleDict {
  readonly kind: 'dict'
  readonly entries: Map<PickleValue, PickleValue>
}
/** An allow-listed name such as `collections.OrderedDict`, before it is used. */
export interface PickleGlobal {
  readonly kind: 'global'
  readonly name: string
}
/** A block of numbers kept beside the pickle, in the archive's entry `data/<key>`. */
export interface PickleStorage {
  readonly kind: 'storage'
  readonly key: string
  readonly dtype: DType
  readonly elements: number
}
/** A strided view of a storage, all counts in elements and checked to lie inside it. */
export interface PickleTensor {
  readonly kind: 'tensor'
  readonly storage: PickleStorage
  readonly offset: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]
}
