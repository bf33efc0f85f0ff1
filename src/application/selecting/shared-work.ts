/** What one request has computed already, by key: asked again, also while it is under way, it is not computed again. */
export class SharedWork<Value> {
  readonly #done = new Map<string, Promise<Value>>()

  /** How many values were computed. */
  get computed(): number {
    return this.#done.size
  }

  of(key: string, compute: () => Promise<Value>): Promise<Value> {
    const known = this.#done.get(key)
    if (known !== undefined) return known
    const value = compute()
    this.#done.set(key, value)
    return value
  }
}
