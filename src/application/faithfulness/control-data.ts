/** Data on which a true circuit must not be found: labels that mean nothing (semantics.md §13 b; Drori 2026). */
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { DataSet, MeasuredCase } from '../measuring/data-set.js'

/** Each pair keeps its prompts; whether its two answers are exchanged is drawn. */
export function shuffledLabels(data: DataSet, seed: number): DataSet {
  const random = xoroshiro128plus(seed)
  const flips = new Map<number, boolean>()
  return derived(data, 'shuffled labels', (measured) => {
    const flip = flips.get(measured.example) ?? uniformInt(random, 0, 1) === 1
    flips.set(measured.example, flip)
    return flip ? exchanged(measured) : measured
  })
}

/**
 * Pairs whose members have the same right answer but are told apart all the same: the corrupt prompt of each pair is
 * the clean prompt of another with the same answer, labelled with the other answer. The model is at chance on them.
 */
export function nonsensePairs(data: DataSet, seed: number): DataSet {
  const random = xoroshiro128plus(seed)
  const clean = data.cases.filter(({ side }) => side === 'CLEAN')
  return derived(data, 'nonsense pairs', (measured) => {
    if (measured.side !== 'CORRUPT') return measured
    const { target, alternative } = measured.prompt
    // The corrupt side's own answer is the clean side's alternative.
    const alike = clean.filter(
      ({ prompt, example }) => prompt.target === alternative && example !== measured.example,
    )
    if (alike.length === 0) return measured
    const other = alike[uniformInt(random, 0, alike.length - 1)]!
    return { ...measured, prompt: { ...other.prompt, target, alternative } }
  })
}

function derived(data: DataSet, what: string, of: (measured: MeasuredCase) => MeasuredCase): DataSet {
  return { id: `${data.id} ${what}`, cases: data.cases.map(of) }
}

function exchanged(measured: MeasuredCase): MeasuredCase {
  const { target, alternative } = measured.prompt
  return { ...measured, prompt: { ...measured.prompt, target: alternative, alternative: target } }
}
