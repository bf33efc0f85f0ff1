/** Which arena of a model's memory a task may use, until its thread is done with it: stopped or not. */
import type { KernelRoom } from '../model/shared-heap.js'

export class Arenas {
  readonly #taken = new Map<number, boolean[]>()
  readonly #waiting: (() => void)[] = []

  /** The room with an arena of its own; waits while all are taken. */
  async take(room: KernelRoom): Promise<KernelRoom> {
    for (;;) {
      const taken = this.#of(room)
      const arena = taken.indexOf(false)
      if (arena >= 0) {
        taken[arena] = true
        return { ...room, arena }
      }
      await new Promise<void>((wake) => this.#waiting.push(wake))
    }
  }

  giveBack({ id, arena }: KernelRoom): void {
    const taken = this.#taken.get(id)
    if (taken !== undefined) taken[arena] = false
    for (const wake of this.#waiting.splice(0)) wake()
  }

  #of({ id, arenas }: KernelRoom): boolean[] {
    const known = this.#taken.get(id) ?? new Array<boolean>(arenas).fill(false)
    this.#taken.set(id, known)
    return known
  }
}
