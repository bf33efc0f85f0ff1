import { InvalidInput } from '../../domain/errors.js'
import type { Bench } from './bench.js'

/** Throws NOT_MEANINGFUL for a model whose residual stream is no sum of writes. */
export function refuseChangedStream({ model }: Bench, method: string): void {
  const { residualActivation, topKSites } = model.config
  if (residualActivation === 'identity' && !topKSites.some((site) => site.startsWith('resid_post'))) return
  throw new InvalidInput(
    'NOT_MEANINGFUL',
    `${method} follows writes through the residual stream, and this model changes the stream between layers`,
    { path: 'input.method' },
  )
}
