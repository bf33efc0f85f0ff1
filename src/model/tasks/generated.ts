/** The common part of task generators: distinct examples drawn with a fixed seed, held out by template. */
import { splitOf, type TaskExample } from '../../domain/task.js'

/** Numerical Recipes' 32-bit generator: examples of a version must never change, so it is written down here. */
export class Draws {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  below(bound: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((this.#state / 2 ** 32) * bound)
  }

  one<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!
  }

  /** Some of the choices, each at most once. */
  some<T>(choices: readonly T[], count: number): T[] {
    const left = [...choices]
    return Array.from({ length: count }, () => left.splice(this.below(left.length), 1)[0]!)
  }
}

export type Drawn = Omit<TaskExample, 'split' | 'alternative' | 'template'> & {
  readonly alternative: TaskExample['alternative']
  readonly template: string
}

/** Draws until `count` distinct examples are there, or nothing new comes for long. */
export function distinctExamples(count: number, draw: () => Drawn): readonly TaskExample[] {
  const examples = new Map<string, TaskExample>()
  for (let tries = 0; examples.size < count && tries < 50 * count; tries++) {
    const drawn = draw()
    const key = JSON.stringify([drawn.clean, drawn.corrupt])
    if (!examples.has(key)) examples.set(key, { ...drawn, split: splitOf(drawn.template) })
  }
  return [...examples.values()]
}
