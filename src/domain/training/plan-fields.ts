/** Checked access to a plan that somebody wrote: every fault is kept, so that all of them can be told at once. */
import { InvalidInput } from '../errors.js'

export class PlanFields {
  readonly #values: Readonly<Record<string, unknown>>
  readonly #path: string
  readonly #faults: string[]
  readonly #known = new Set<string>()

  constructor(json: unknown, path = '', faults: string[] = []) {
    this.#path = path
    this.#faults = faults
    const isObject = typeof json === 'object' && json !== null && !Array.isArray(json)
    if (!isObject) faults.push(`${path === '' ? 'the plan' : path} is ${shown(json)}, not an object`)
    this.#values = isObject ? (json as Record<string, unknown>) : {}
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined
  }

  part(name: string): PlanFields {
    return new PlanFields(this.#value(name), this.#at(name), this.#faults)
  }

  text<const T extends string>(name: string, choices?: readonly T[]): T {
    const value = this.#value(name)
    if (typeof value === 'string' && (choices === undefined || choices.includes(value as T)))
      return value as T
    return this.#wrong(
      name,
      value,
      choices === undefined ? 'a text' : `one of ${choices.join(', ')}`,
      '' as T,
    )
  }

  texts<const T extends string>(name: string, choices: readonly T[]): readonly T[] {
    const value = this.#value(name)
    const good = Array.isArray(value) && value.every((item) => choices.includes(item as T))
    // In one order, whatever was written: two spellings of one set are one plan.
    if (good) return choices.filter((choice) => (value as T[]).includes(choice))
    return this.#wrong(name, value, `a list out of ${choices.join(', ')}`, [])
  }

  flag(name: string): boolean {
    const value = this.#value(name)
    return typeof value === 'boolean' ? value : this.#wrong(name, value, 'true or false', false)
  }

  whole(name: string, least: number, most = 2 ** 31 - 1): number {
    const value = this.#value(name)
    const good = Number.isInteger(value) && (value as number) >= least && (value as number) <= most
    return good
      ? (value as number)
      : this.#wrong(name, value, `a whole number from ${least} to ${most}`, least)
  }

  number(name: string, least: number, most: number): number {
    const value = this.#value(name)
    const good = typeof value === 'number' && value >= least && value <= most
    return good ? value : this.#wrong(name, value, `a number from ${least} to ${most}`, least)
  }

  isNull(name: string): boolean {
    return this.#value(name) === null
  }

  /** Whatever stands there: for parts that somebody else checks. */
  object(name: string): Readonly<Record<string, unknown>> {
    const value = this.#value(name)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
    return this.#wrong(name, value, 'an object', {})
  }

  /** Says what else is wrong with a field. */
  refuse(name: string, sentence: string): void {
    this.#faults.push(`${this.#at(name)} ${sentence}`)
  }

  /** A field that nobody asked for is a mistake: it would be passed over in silence. */
  end(): void {
    for (const name of Object.keys(this.#values)) {
      if (!this.#known.has(name)) this.#faults.push(`${this.#at(name)} is not a field of a plan`)
    }
  }

  /** Throws BAD_INPUT with every fault. */
  throwFaults(): void {
    if (this.#faults.length > 0)
      throw new InvalidInput('BAD_INPUT', `the training plan cannot be used: ${this.#faults.join('; ')}`, {
        facts: { faults: this.#faults },
      })
  }

  #value(name: string): unknown {
    this.#known.add(name)
    return this.#values[name]
  }

  #at(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`
  }

  #wrong<T>(name: string, value: unknown, expected: string, instead: T): T {
    this.#faults.push(`${this.#at(name)} is ${shown(value)}, not ${expected}`)
    return instead
  }
}

function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? 'missing'
  return json.length > 60 ? `${json.slice(0, 59)}…` : json
}
