/** One prompt run once, with values set by hand, taps recorded, and text generated token by token. */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { InvalidInput } from '../domain/errors.js'
import type { Fill } from '../domain/experiment/measurement.js'
import type { Edit, ModelRun, ModelRunAnswer } from '../domain/experiment/model-run.js'
import type { PreparedModel } from '../model/prepared-model.js'
import { checkEpsilon, checkFinite, checkPrompt, checkTokens } from './check-request.js'
import { EditingTap, type TakenEdit } from './editing-tap.js'
import { checkFill } from './fill-values.js'
import { metricValue } from './metric.js'
import { nextToken } from './next-token.js'
import { anyFrozen, sourceTaps, unablated } from './prompt-bench.js'
import type { Replacing } from './replacing-tap.js'
import { newRun } from './run.js'
import { forward } from './sparse-transformer.js'
import { tapPlace } from './tap-names.js'
import { checkChannels, wholeTaps } from './tap-plan.js'
import { Workspace } from './workspace.js'

/** Throws BAD_INPUT naming a token, tap, channel, position or value that cannot be. */
export function* runModel(
  model: PreparedModel,
  request: ModelRun,
  onProgress?: (done: number, total: number) => void,
): Generator<void, ModelRunAnswer> {
  check(model, request)
  const { tokens, generate } = request
  const total = 1 + (generate?.length ?? 0)
  let evaluations = 0
  const once = function* (prompt: readonly number[]) {
    const answer = yield* runOnce(model, request, prompt, () => evaluations++)
    return answer
  }
  const { logits, tap, margin } = yield* once(tokens)
  onProgress?.(1, total)
  const vocabulary = model.config.vocabSize
  let smallestMargin = margin
  const generated: { token: number; logProbability: number }[] = []
  if (generate !== null) {
    const random = xoroshiro128plus(generate.seed)
    let last = logits
    while (generated.length < generate.length) {
      const row = last.subarray(last.length - vocabulary)
      generated.push(nextToken(row, generate.temperature, random))
      onProgress?.(1 + generated.length, total)
      if (generated.length === generate.length) break
      const next = yield* once([...tokens, ...generated.map(({ token }) => token)])
      last = next.logits
      smallestMargin = Math.min(smallestMargin, next.margin)
    }
  }
  return {
    logits,
    vocabulary,
    taps: request.record.map((name) => {
      const { width, values } = tap.recorded.get(name)!
      const pattern = tapPlace(model.config, name).width === null
      const shape = pattern ? [model.config.heads, tokens.length, tokens.length] : [tokens.length, width]
      return { tap: name, shape, values }
    }),
    loss: lossOf(request, logits, vocabulary),
    generated,
    evaluations,
    smallestMargin,
  }
}

function lossOf({ tokens, measure }: ModelRun, logits: Float64Array, vocabulary: number): number | null {
  if (measure === null) return null
  const prompt = { tokens, ...measure, at: 'ALL' as const }
  const loss = metricValue({ name: 'TASK_LOSS', against: null }, prompt, logits, logits, vocabulary)
  return Number.isNaN(loss) ? null : loss
}

function* runOnce(model: PreparedModel, request: ModelRun, tokens: readonly number[], onRun: () => void) {
  const { background, edits, gates, record, normEpsilon } = request
  const running = { normEpsilon, workspace: new Workspace(), onRun }
  const { frozen } = anyFrozen(gates) ? yield* unablated(model, tokens, gates, running) : { frozen: null }
  const taps = background.replaced.keys()
  const source = yield* sourceTaps(model, background.fill, 0, tokens.length, taps, running)
  const replacing: Replacing = {
    taps: wholeTaps(background.replaced),
    fill: background.fill,
    source,
    positions: [],
  }
  const taken: TakenEdit[] = []
  for (const edit of edits) {
    const from: Fill | null = edit.change.kind === 'REPLACE' ? edit.change.fill : null
    taken.push({
      edit,
      source: from === null ? null : yield* sourceTaps(model, from, 0, tokens.length, [edit.tap], running),
    })
  }
  const margin = { smallest: Number.POSITIVE_INFINITY }
  const tap = new EditingTap(replacing, taken, record)
  const logits = yield* forward(newRun(model, tokens, tap, { ...running, margin, frozen }))
  checkFinite(logits)
  onRun()
  return { logits, tap, margin: margin.smallest }
}

function check(
  model: PreparedModel,
  { tokens, background, edits, record, measure, generate, normEpsilon }: ModelRun,
): void {
  const { config } = model
  checkTokens(config, tokens)
  checkEpsilon(normEpsilon)
  checkChannels(config, background.replaced)
  checkFill(background.fill)
  if (measure !== null) checkPrompt(config, { tokens, ...measure, at: 'ALL' })
  for (const name of record) tapPlace(config, name)
  for (const edit of edits) checkEdit(model, edit)
  if (generate === null) return
  const room = config.blockSize - tokens.length + 1
  if (!Number.isInteger(generate.length) || generate.length < 1 || generate.length > room)
    throw new InvalidInput(
      'BAD_INPUT',
      `after ${tokens.length} tokens the model can add 1 to ${room}, not ${generate.length}`,
    )
  if (!(generate.temperature >= 0 && generate.temperature < Number.POSITIVE_INFINITY))
    throw new InvalidInput(
      'BAD_INPUT',
      `the temperature is ${generate.temperature}, expected a number from 0 on`,
    )
}

function checkEdit({ config }: PreparedModel, { tap, channels, change }: Edit): void {
  const { width } = tapPlace(config, tap)
  const bad = channels.find((channel) => channel >= (width ?? 2 ** 32))
  if (bad !== undefined)
    throw new InvalidInput('BAD_INPUT', `${tap} has channels 0 to ${width! - 1}, not ${bad}`)
  const numbers =
    change.kind === 'CLAMP' ? [change.least, change.most] : change.kind === 'REPLACE' ? [] : [change.value]
  for (const value of numbers)
    if (!Number.isFinite(value))
      throw new InvalidInput('BAD_INPUT', `${tap}[${channels[0]}] cannot be changed by ${value}`)
  if (change.kind === 'CLAMP' && change.least > change.most)
    throw new InvalidInput('BAD_INPUT', `a clamp from ${change.least} to ${change.most} holds nothing`)
  if (change.kind === 'REPLACE') checkFill(change.fill)
}
