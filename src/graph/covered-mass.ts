/** Which share of the absolute path mass a list of paths holds, summed in order with Neumaier's compensation (1974). */
import { type ScaledNumber, shifted } from './scaled-number.js'

/** A sum in the exponent block of its largest term, the first one where paths come strongest first. */
export class CoveredMass {
  #block = 0
  #sum = 0
  #lost = 0

  add(product: ScaledNumber): void {
    if (product.mantissa === 0) return
    if (this.#sum === 0 || product.block > this.#block) this.#raise(product.block)
    const term = Math.abs(shifted(product.mantissa, product.block - this.#block))
    const sum = this.#sum + term
    this.#lost += this.#sum >= term ? this.#sum - sum + term : term - sum + this.#sum
    this.#sum = sum
  }

  /**
   * What of `total`, Σ|product| over all paths between the same ends, it is: 0…1 (rounding above 1 is cut off); null
   * when the total is 0.
   */
  shareOf(total: ScaledNumber): number | null {
    if (total.mantissa === 0) return null
    return Math.min(1, shifted(this.#sum + this.#lost, this.#block - total.block) / total.mantissa)
  }

  /** The sum as it stands. */
  now(): CoveredMass {
    const copy = new CoveredMass()
    copy.#block = this.#block
    copy.#sum = this.#sum
    copy.#lost = this.#lost
    return copy
  }

  #raise(block: number): void {
    this.#sum = shifted(this.#sum, this.#block - block)
    this.#lost = shifted(this.#lost, this.#block - block)
    this.#block = block
  }
}
