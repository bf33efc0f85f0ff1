/**
 * The engine against the original model code, run in float64 (fixtures/circuit-sparsity-reference): logits, loss,
 * every tap, the ablated run, and the gradient of the loss with respect to every tap.
 */

import { runToEnd } from '../../../src/domain/steps.js'
import { backward } from '../../../src/engine/backward.js'
import { newRun } from '../../../src/engine/run.js'
import { forward } from '../../../src/engine/sparse-transformer.js'
import { emptyTrace } from '../../../src/engine/trace.js'
import { prepareModel } from '../../../src/model/prepared-model.js'
import type { Replacement } from '../../support/by-hand.js'
import { PlaceTap, runByHand } from '../../support/by-hand.js'
import type { Reference } from '../../support/reference-model.js'
import {
  largestDifference,
  REFERENCE_EPSILON,
  REFERENCE_FOLDERS,
  readReference,
} from '../../support/reference-model.js'
import { describeWithShared } from '../../support/shared.js'

const normEpsilon = REFERENCE_EPSILON

describeWithShared('the engine against the released model code', (shared) => {
  const report: string[] = []
  afterAll(() => {
    process.stdout.write(`largest difference from the released model code\n${report.join('\n')}\n`)
  })

  describe.each(REFERENCE_FOLDERS)('%s', (folder) => {
    const reference = readReference(shared, folder)
    const model = prepareModel(reference.data)
    const hooks = reference.names
      .filter((name) => name.startsWith('hook.'))
      .map((name) => name.slice('hook.'.length))
    const note = (what: string, worst: number): number => {
      report.push(`  ${folder.padEnd(18)} ${what.padEnd(24)} ${worst.toExponential(2)}`)
      return worst
    }

    it('gives the same logits and the same value at every tap', () => {
      expect(hooks.length).toBeGreaterThan(10)
      let logits = 0
      let taps = 0
      reference.ids.forEach((tokens, sequence) => {
        const answer = runByHand(model, tokens, { record: hooks, normEpsilon })
        logits = Math.max(logits, largestDifference(answer.logits, reference.ofSequence('logits', sequence)))
        for (const { tap, values } of answer.taps) {
          taps = Math.max(taps, largestDifference(values, reference.ofSequence(`hook.${tap}`, sequence)))
        }
      })
      expect(note('logits', logits)).toBeLessThan(1e-9)
      expect(note(`${hooks.length} taps`, taps)).toBeLessThan(1e-9)
    })

    it('gives the same loss', () => {
      const losses = lossOf(
        reference,
        (tokens) => runByHand(model, tokens, { record: [], normEpsilon }).logits,
      )
      expect(note('loss', Math.abs(losses - reference.values('loss')[0]!))).toBeLessThan(1e-9)
    })

    it('gives the same logits and loss when channels outside the kept set take their means', () => {
      const replacements = ablation(reference)
      expect(replacements.length).toBeGreaterThan(50)
      const run = (tokens: readonly number[]) =>
        runByHand(model, tokens, { replacements, normEpsilon }).logits
      let logits = 0
      reference.ids.forEach((tokens, sequence) => {
        logits = Math.max(
          logits,
          largestDifference(run(tokens), reference.ofSequence('ablated.logits', sequence)),
        )
      })
      expect(note('ablated logits', logits)).toBeLessThan(1e-9)
      const loss = Math.abs(lossOf(reference, run) - reference.values('ablated.loss')[0]!)
      expect(note('ablated loss', loss)).toBeLessThan(1e-9)
    })

    it('gives the same gradient of the loss at every tap', () => {
      let worst = 0
      reference.ids.forEach((tokens, sequence) => {
        const trace = emptyTrace()
        const run = newRun(model, tokens, new PlaceTap(), {
          normEpsilon,
          trace,
        })
        const logits = runToEnd(forward(run))
        const gradient = lossGradient(
          logits,
          reference.targets[sequence]!,
          model.config.vocabSize,
          2 * tokens.length,
        )
        const seen = new Set<string>()
        runToEnd(
          backward(run, trace, gradient, {
            at: (tap, values) => {
              if (!hooks.includes(tap)) return
              seen.add(tap)
              worst = Math.max(
                worst,
                largestDifference(values, reference.ofSequence(`grad_hook.${tap}`, sequence)),
              )
            },
          }),
        )
        expect([...seen].sort()).toEqual([...hooks].sort())
      })
      expect(note('gradients at taps', worst)).toBeLessThan(1e-8)
    })
  })
})

/** Mean cross entropy over both sequences, as the released code takes it. */
function lossOf(reference: Reference, run: (tokens: readonly number[]) => Float64Array): number {
  let sum = 0
  let count = 0
  reference.ids.forEach((tokens, sequence) => {
    const logits = run(tokens)
    const vocabulary = logits.length / tokens.length
    reference.targets[sequence]!.forEach((target, t) => {
      const row = Array.from(logits.subarray(t * vocabulary, (t + 1) * vocabulary))
      const top = Math.max(...row)
      sum += top + Math.log(row.reduce((total, logit) => total + Math.exp(logit - top), 0)) - row[target]!
      count++
    })
  })
  return sum / count
}

/** (p − 1[target]) / count: the gradient of the mean cross entropy with respect to the logits. */
function lossGradient(
  logits: Float64Array,
  targets: readonly number[],
  vocabulary: number,
  count: number,
): Float64Array {
  const gradient = new Float64Array(logits.length)
  targets.forEach((target, t) => {
    const row = Array.from(logits.subarray(t * vocabulary, (t + 1) * vocabulary))
    const top = Math.max(...row)
    const total = row.reduce((sum, logit) => sum + Math.exp(logit - top), 0)
    row.forEach((logit, v) => {
      gradient[t * vocabulary + v] = (Math.exp(logit - top) / total - (v === target ? 1 : 0)) / count
    })
  })
  return gradient
}

function ablation(reference: Reference): Replacement[] {
  return reference.names
    .filter((name) => name.startsWith('ablated.keep_mask.'))
    .flatMap((name) => {
      const tap = name.slice('ablated.keep_mask.'.length)
      const mean = reference.values(`ablated.mean.${tap}`)
      return Array.from(reference.values(name)).flatMap((keep, index) =>
        keep === 1 ? [] : [{ tap, index, position: null, value: mean[index]! }],
      )
    })
}
