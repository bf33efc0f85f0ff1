/** The peer of the engine benchmarks: the same model, dense, in JAX. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PromptCase } from '../src/domain/experiment/metric.js'
import type { SparseModelData } from '../src/domain/sparse-model-data.js'
import { Peer, python } from './peer.js'

/** A Python that has JAX; null for none. */
export const jaxPython = (): string | null => python('peer', ['jax==0.10.2'])

/** `kind` is f32 or f64. */
export const densePeer = (binary: string, folder: string, kind: string): Peer =>
  new Peer(binary, 'dense_transformer.py', [folder, kind])

/** What the peer reads: tensors one after another, and the configuration with the prompt. */
export function writeModel(
  folder: string,
  { config, tensors }: SparseModelData,
  tokens: readonly number[],
  { target, alternative }: PromptCase,
): void {
  writeFileSync(join(folder, 'weights.f32'), Buffer.concat(tensors.map(({ bytes }) => bytes)))
  const facts = { ...config, width: config.heads * config.dHead, tokens, target, alternative }
  const names = tensors.map(({ name, shape }) => [name, shape])
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...facts, tensors: names }))
}
