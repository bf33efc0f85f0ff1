/** Maximum flow on a network whose every path passes an arc of capacity 1 (Dinic 1970): O(E · √V) on such networks. */

/** Stands for "no bound". */
export const UNBOUNDED = 0x3fffffff

export class UnitFlow {
  readonly #nodeCount: number
  /** Arcs in pairs: 2i and its reverse 2i + 1. */
  readonly #to: number[] = []
  readonly #capacity: number[] = []
  readonly #next: number[] = []
  readonly #head: Int32Array
  readonly #level: Int32Array
  /** Arcs of each node that carry nothing any more stand before this one. */
  #taken: Int32Array | null = null

  constructor(nodeCount: number) {
    this.#nodeCount = nodeCount
    this.#head = new Int32Array(nodeCount).fill(-1)
    this.#level = new Int32Array(nodeCount)
  }

  /** Gives back the number of the arc. */
  addArc(from: number, to: number, capacity: number): number {
    const arc = this.#to.length
    this.#half(from, to, capacity)
    this.#half(to, from, 0)
    return arc
  }

  /** The value of the greatest flow. */
  run(source: number, sink: number): number {
    let flow = 0
    while (this.#setLevels(source, sink)) {
      const cursor = this.#head.slice()
      while (this.#augment(source, sink, cursor)) flow++
    }
    return flow
  }

  /** After `run`: nodes that residual arcs lead to from the source; saturated arcs that leave them are a least cut. */
  reached(node: number): boolean {
    return this.#level[node]! >= 0
  }

  /**
   * After `run`: takes one unit of the flow away and gives back its arcs from source to sink; null when nothing flows
   * any more. The network has no cycles.
   */
  takePath(source: number, sink: number): number[] | null {
    const path: number[] = []
    for (let v = source; v !== sink; ) {
      const arc = this.#flowingArc(v)
      if (arc < 0) return null
      this.#capacity[arc ^ 1]!--
      path.push(arc)
      v = this.#to[arc]!
    }
    return path
  }

  #flowingArc(node: number): number {
    this.#taken ??= this.#head.slice()
    let arc = this.#taken[node]!
    while (arc >= 0 && (arc % 2 === 1 || this.#capacity[arc ^ 1] === 0)) arc = this.#next[arc]!
    this.#taken[node] = arc
    return arc
  }

  #half(from: number, to: number, capacity: number): void {
    this.#next.push(this.#head[from]!)
    this.#head[from] = this.#to.push(to) - 1
    this.#capacity.push(capacity)
  }

  #setLevels(source: number, sink: number): boolean {
    this.#level.fill(-1)
    this.#level[source] = 0
    const queue = new Int32Array(this.#nodeCount)
    queue[0] = source
    let size = 1
    for (let done = 0; done < size; done++) {
      const v = queue[done]!
      for (let arc = this.#head[v]!; arc >= 0; arc = this.#next[arc]!) {
        const u = this.#to[arc]!
        if (this.#capacity[arc] === 0 || this.#level[u]! >= 0) continue
        this.#level[u] = this.#level[v]! + 1
        queue[size++] = u
      }
    }
    return this.#level[sink]! >= 0
  }

  /** One path of rising levels, one unit along it; `cursor` remembers the arcs that lead nowhere. */
  #augment(source: number, sink: number, cursor: Int32Array): boolean {
    const path: number[] = []
    let v = source
    while (v !== sink) {
      const arc = cursor[v]!
      if (arc < 0) {
        const back = path.pop()
        if (back === undefined) return false
        v = this.#to[back ^ 1]!
        cursor[v] = this.#next[cursor[v]!]!
      } else if (this.#capacity[arc]! > 0 && this.#level[this.#to[arc]!] === this.#level[v]! + 1) {
        path.push(arc)
        v = this.#to[arc]!
      } else cursor[v] = this.#next[arc]!
    }
    for (const arc of path) {
      this.#capacity[arc]!--
      this.#capacity[arc ^ 1]!++
    }
    return true
  }
}
