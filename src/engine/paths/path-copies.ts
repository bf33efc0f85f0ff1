/** The copies of channels that a set of paths is run on: one per channel and way on from it, readers before feeders. */
import { InvalidInput } from '../../domain/errors.js'
import type { PathPoint } from '../../domain/experiment/path-ablation.js'
import type { PreparedModel } from '../../model/prepared-model.js'
import { linkWeights } from '../link-plan.js'
import { checkChannels } from '../tap-plan.js'

export interface PathCopy extends PathPoint {
  /** Copies that lead into this one, by place, with the weight of the link; null for residual links. */
  readonly feeders: readonly { readonly copy: number; readonly weight: number | null }[]
  /** Does a path begin here? */
  readonly starts: boolean
}

/** Throws BAD_INPUT naming a point or link that the model does not have, or an end that says nothing to the logits. */
export function pathCopies(
  model: PreparedModel,
  paths: readonly (readonly PathPoint[])[],
): readonly PathCopy[] {
  const copies: {
    tap: string
    index: number
    feeders: { copy: number; weight: number | null }[]
    starts: boolean
  }[] = []
  const ends = new Map<number, number>()
  const children: Map<string, number>[] = []
  const made = (point: PathPoint): number => {
    children.push(new Map())
    return copies.push({ ...point, feeders: [], starts: false }) - 1
  }
  for (const path of paths) {
    const whole = toTheEnd(path)
    for (const { tap, index } of whole) checkChannels(model.config, new Map([[tap, Uint32Array.of(index)]]))
    let reader: number | null = null
    for (const point of [...whole].reverse()) {
      const known: number | undefined =
        reader === null ? ends.get(point.index) : children[reader]!.get(nameOf(point))
      const copy: number = known ?? made(point)
      if (known === undefined && reader === null) ends.set(point.index, copy)
      if (known === undefined && reader !== null) {
        children[reader]!.set(nameOf(point), copy)
        copies[reader]!.feeders.push({ copy, weight: linkWeight(model, point, copies[reader]!) })
      }
      reader = copy
    }
    copies[reader!]!.starts = true
  }
  return copies
}

/** With the link from a last write to the final residual stream. */
function toTheEnd(path: readonly PathPoint[]): readonly PathPoint[] {
  const last = path.at(-1)
  if (last === undefined) throw new InvalidInput('BAD_INPUT', 'a path has at least one point')
  if (last.tap === 'final_resid') return path
  if (last.tap === 'embed' || last.tap.endsWith('.resid_delta'))
    return [...path, { tap: 'final_resid', index: last.index }]
  throw new InvalidInput(
    'BAD_INPUT',
    `a path ends where the logits are read, at a write or final_resid, not at ${nameOf(last)}`,
    { path: 'input.target.paths' },
  )
}

function linkWeight(model: PreparedModel, from: PathPoint, to: PathPoint): number | null {
  if (/\.attn\.[qk]$/.test(from.tap))
    throw new InvalidInput(
      'BAD_INPUT',
      `no path goes on from ${nameOf(from)}: q and k act on the pattern and have no outgoing weight`,
    )
  const family = {
    from: from.tap,
    to: to.tap,
    source: Uint32Array.of(from.index),
    target: Uint32Array.of(to.index),
  }
  return linkWeights(model, family)?.[0] ?? null
}

function nameOf({ tap, index }: PathPoint): string {
  return `${tap}[${index}]`
}
