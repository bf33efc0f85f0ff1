/** An attribution as parts by prompts: the scores of a prompt do not depend on the others (semantics.md §14). */
import type { Attribution, AttributionScores } from '../domain/experiment/attribution.js'
import { fillOfPrompts } from '../domain/experiment/measurement.js'

const PARTS_PER_WORKER = 4

export function attributionParts(request: Attribution, workers: number): readonly Attribution[] {
  const prompts = request.prompts.length
  const blocks = workers === 1 ? 1 : Math.max(1, Math.min(prompts, workers * PARTS_PER_WORKER))
  return Array.from({ length: blocks }, (_, i) => {
    const from = Math.floor((i * prompts) / blocks)
    const to = Math.floor(((i + 1) * prompts) / blocks)
    const { background, rows } = request
    return {
      ...request,
      prompts: request.prompts.slice(from, to),
      baseline: fillOfPrompts(request.baseline, from, to),
      ...(rows === undefined ? {} : { rows: fillOfPrompts(rows, from, to) }),
      background: { ...background, fill: fillOfPrompts(background.fill, from, to) },
    }
  })
}

/** The parts' answers, in the order of their prompts, as one. */
export function joinedScores(parts: readonly AttributionScores[]): AttributionScores {
  const first = parts[0]!
  if (parts.length === 1) return first
  const sum = (of: (part: AttributionScores) => number): number =>
    parts.reduce((total, part) => total + of(part), 0)
  // Input positions differ from part to part: as many columns as the longest prompt has.
  const count = Math.max(...parts.map((part) => part.count))
  return {
    labels: parts.find((part) => part.count === count)!.labels,
    count,
    scores: joined(parts.map((part) => widened(part.scores, part.count, count))),
    absolute: joined(parts.map((part) => widened(part.absolute, part.count, count))),
    values: joined(parts.map((part) => part.values)),
    cuts: first.cuts.map(({ site }, c) => ({
      site,
      sum: joined(parts.map((part) => part.cuts[c]!.sum)),
      replaced: joined(parts.map((part) => part.cuts[c]!.replaced)),
    })),
    steps: first.steps === null ? null : Math.max(...parts.map((part) => part.steps!)),
    jumps: first.jumps === null ? null : sum((part) => part.jumps!),
    evaluations: sum((part) => part.evaluations),
    smallestMargin: Math.min(...parts.map((part) => part.smallestMargin)),
  }
}

function joined(rows: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(rows.reduce((length, row) => length + row.length, 0))
  let at = 0
  for (const row of rows) {
    out.set(row, at)
    at += row.length
  }
  return out
}

/** Rows of `width` as rows of `wider`; NaN where there is nothing. */
function widened(rows: Float64Array, width: number, wider: number): Float64Array {
  if (width === wider || width === 0) return rows
  const out = new Float64Array((rows.length / width) * wider).fill(Number.NaN)
  for (let from = 0, to = 0; from < rows.length; from += width, to += wider)
    out.set(rows.subarray(from, from + width), to)
  return out
}
