/**
 * Metrics with paths removed from a run, or put into an empty one (semantics.md §10): all together, and one by one.
 */
import { InvalidInput } from '../../domain/errors.js'
import type { PathAblation, PathAblationAnswer } from '../../domain/experiment/path-ablation.js'
import type { PreparedModel } from '../../model/prepared-model.js'
import { checkEpsilon, checkMetric, checkPrompt } from '../check-request.js'
import { checkFill } from '../fill-values.js'
import { checkChannels } from '../tap-plan.js'
import { needsReference, PathBench, workOf } from './path-bench.js'
import { pathCopies } from './path-copies.js'

/** Throws BAD_INPUT naming a point, link or prompt that cannot be. `onProgress` counts runs, and as much work on copies as one. */
export function* ablatePaths(
  model: PreparedModel,
  request: PathAblation,
  onProgress?: (done: number, total: number) => void,
): Generator<void, PathAblationAnswer> {
  const { prompts, metrics, paths, each, replaced, fill, positions, normEpsilon } = request
  if (paths.length === 0) throw new InvalidInput('BAD_INPUT', 'give at least one path')
  for (const prompt of prompts) checkPrompt(model.config, prompt)
  for (const metric of metrics) checkMetric(model.config, metric)
  checkFill(fill)
  checkEpsilon(normEpsilon)
  checkChannels(model.config, replaced)
  if (positions !== null && positions.length !== prompts.length)
    throw new InvalidInput(
      'BAD_INPUT',
      `there are positions for ${positions.length} prompts, and ${prompts.length} prompts`,
    )
  const together = pathCopies(model, paths)
  const rows = [together, ...(each ? paths.map((path) => pathCopies(model, [path])) : [])]
  const values = new Float64Array(rows.length * metrics.length * prompts.length)
  const margins = new Float64Array(rows.length).fill(Number.POSITIVE_INFINITY)
  const total = prompts.length * rows.reduce((sum, row) => sum + workOf(row), runsBefore(request))
  let evaluations = 0
  let done = 0
  const onWork = (): void => onProgress?.(++done, total)
  const onRun = (): void => {
    evaluations++
    onWork()
  }
  for (const p of prompts.keys()) {
    const bench = yield* PathBench.of(model, request, p, together, { onRun, onWork })
    for (const [r, copies] of rows.entries()) {
      const found = yield* bench.values(copies)
      found.metrics.forEach((value, m) => {
        values[(r * metrics.length + m) * prompts.length + p] = value
      })
      margins[r] = Math.min(margins[r]!, found.margin)
      yield
    }
  }
  return { values, evaluations, margins }
}

/** Runs that a prompt takes before its first row. */
function runsBefore({ fill, gates, metrics, mode }: PathAblation): number {
  const others = [needsReference(gates, metrics), fill.kind === 'FROM_PROMPTS', mode === 'KEEP_ONLY']
  return 1 + others.filter((taken) => taken).length
}
