/** The sentence on a circuit's page: above chance, and what it was measured on (semantics.md §6). */

export function spokenSentence(found: {
  /** f_chance of the circuit alone, of the model without it, of random circuits. */
  readonly kept: number | null
  readonly left: number | null
  readonly random: readonly (number | null)[]
  readonly examples: number
  readonly heldOut: boolean
}): string {
  const { kept, left, random, examples, heldOut } = found
  const on = `${examples} ${heldOut ? 'held-out ' : ''}pair${examples === 1 ? '' : 's'}`
  if (kept === null || left === null)
    return `the model itself is at chance on ${on}, so there is no behaviour to keep`
  const draws = random.filter((share) => share !== null)
  const others =
    draws.length === 0
      ? ''
      : `, ${draws.length} size-matched random circuit${draws.length === 1 ? ' keeps' : 's keep'} ${share(draws.reduce((sum, value) => sum + value, 0) / draws.length)}`
  return `measured above chance on ${on}: keeps ${share(kept)} of the behaviour, removing it destroys ${share(1 - left)}${others}`
}

function share(value: number): string {
  return `${Math.round(100 * value)} %`
}
