/** Which scores of an attribution are ablated exactly: the largest, and an even draw from the rest. */
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { InvalidInput } from '../../domain/errors.js'
import type { AttributionScore } from '../answers.js'
import type { AttributionCheckQuestion } from '../questions.js'

const MOST = 1_000

/** In the order of the answer. */
export function checkedSample(
  rows: readonly AttributionScore[],
  { top, sample, seed }: AttributionCheckQuestion,
): readonly AttributionScore[] {
  for (const [name, count] of Object.entries({ top, sample }))
    if (!Number.isInteger(count) || count < 0 || count > MOST)
      throw new InvalidInput('BAD_INPUT', `${name} lies between 0 and ${MOST}, not ${count}`, {
        path: `check.${name}`,
      })
  const places = rows.map((_, i) => i)
  const bySize = [...places].sort((a, b) => Math.abs(rows[b]!.score!) - Math.abs(rows[a]!.score!) || a - b)
  const chosen = new Set(bySize.slice(0, top))
  const rest = bySize.slice(top).sort((a, b) => a - b)
  const random = xoroshiro128plus(seed)
  for (let left = Math.min(sample, rest.length); left > 0; left--) {
    const [drawn] = rest.splice(uniformInt(random, 0, rest.length - 1), 1)
    chosen.add(drawn!)
  }
  return places.filter((i) => chosen.has(i)).map((i) => rows[i]!)
}
