/** Which share of the absolute path mass a list of paths holds, summed in order with Neumaier's compensation (1974). */
import { type ScaledNumber, shifted } from './scaled-number.js'

export class CoveredMass {
  readonly #total: ScaledNumber
  #sum = 0
  #lost = 0

  /** `absoluteTotal`: Σ|product| over all paths between the same ends. */
  constructor(absoluteTotal: ScaledNumber) {
    this.#total = absoluteTotal
  }

  add(product: ScaledNumber): void {
    const term = Math.abs(shifted(product.mantissa, product.block - this.#total.block))
    const sum = this.#sum + term
    this.#lost += this.#sum >= term ? this.#sum - sum + term : term - sum + this.#sum
    this.#sum = sum
  }

  /** 0…1 (rounding above 1 is cut off); null when the total is 0. */
  get share(): number | null {
    if (this.#total.mantissa === 0) return null
    return Math.min(1, (this.#sum + this.#lost) / this.#total.mantissa)
  }
}
