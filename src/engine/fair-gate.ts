/**
 * Lets at most `places` pieces of long work through at once and serves those who wait in turn, one piece each, so that
 * a question of a thousand parts does not hold up one of ten.
 */
export class FairGate {
  #free: number
  /** Waiting pieces by owner, in the order of their turn. */
  readonly #waiting = new Map<object, (() => void)[]>()

  constructor(places: number) {
    this.#free = places
  }

  /** Runs `work` in a place of its own once `owner` has its turn. Rejects with what `work` rejects with. */
  async run<T>(owner: object, work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--
    else await this.#turn(owner)
    try {
      return await work()
    } finally {
      this.#next()
    }
  }

  #turn(owner: object): Promise<void> {
    return new Promise((begin) => {
      const queue = this.#waiting.get(owner)
      if (queue === undefined) this.#waiting.set(owner, [begin])
      else queue.push(begin)
    })
  }

  #next(): void {
    for (const [owner, queue] of this.#waiting) {
      const begin = queue.shift()!
      this.#waiting.delete(owner)
      if (queue.length > 0) this.#waiting.set(owner, queue) // to the end of the line
      begin()
      return
    }
    this.#free++
  }
}
