/** Nodes by their place in the forward pass: an order in which edges that follow the pass point forward. */
import type { CircuitNode } from '../domain/graph-data.js'

/** A residual read at layer l has phase 4 l in attention and 4 l + 2 in the MLP, the write after it one more. */
export function readPhase(layer: number, block: 'attn' | 'mlp'): number {
  return 4 * layer + (block === 'mlp' ? 2 : 0)
}

export const BEFORE_ALL_LAYERS = -1
export const AFTER_ALL_LAYERS = 2 ** 30

/** Where a node stands; null for one that no forward pass of channels has. */
export function phaseOf({ place: { site } }: Pick<CircuitNode, 'place'>): number | null {
  switch (site.kind) {
    case 'token':
      return BEFORE_ALL_LAYERS - 1
    case 'embed':
      return BEFORE_ALL_LAYERS
    case 'channel': {
      const within = site.tap === 'act_in' ? 0 : site.tap === 'resid_delta' ? 1 : 0.25
      return readPhase(site.layer, site.block) + within
    }
    case 'final_resid':
      return AFTER_ALL_LAYERS
    case 'logit':
      return AFTER_ALL_LAYERS + 1
    default:
      return null
  }
}

/** A point that only carries links to what stands at a phase. */
export function phaseBefore(phase: number): number {
  return phase - 0.5
}

/** Indices by ascending phase, then index. O(V) for the few phases that a model has. */
export function orderByPhase(phases: Float64Array): Uint32Array {
  const next = new Map<number, number>()
  for (const phase of phases) next.set(phase, (next.get(phase) ?? 0) + 1)
  let start = 0
  for (const phase of [...next.keys()].sort((a, b) => a - b)) {
    const count = next.get(phase)!
    next.set(phase, start)
    start += count
  }
  const order = new Uint32Array(phases.length)
  for (const [node, phase] of phases.entries()) {
    const at = next.get(phase)!
    order[at] = node
    next.set(phase, at + 1)
  }
  return order
}
