/** Which gates are live and which are frozen. */
import type { GatesInput } from '../schema/gates.input.js'
import type { Gate, Gates } from '../src/domain/experiment/measurement.js'

/** Live unless said; along paths, frozen unless said (semantics.md §10). */
export function gatesFromInput(input: GatesInput, usual: Gate = 'LIVE'): Gates {
  return {
    norms: input.norms ?? usual,
    attention: input.attention ?? usual,
    topK: input.topK ?? usual,
  }
}
