/** Takes a fresh place for the tests of one `describe` block and gives it back afterwards. */
import type { CircuitStore } from '../../../src/application/ports/circuit-store.js'
import type { StoreContract, StorePlace } from '../circuit-store.js'

export interface Taken {
  readonly place: StorePlace
  readonly store: CircuitStore
}

/** The place and a store on it, for all tests of the block; read the fields inside tests only. */
export function takePlace(contract: StoreContract): Taken {
  let place: StorePlace | null = null
  let store: CircuitStore | null = null
  beforeAll(async () => {
    place = await contract.newPlace({ migrated: true })
    store = await place.open()
  }, 120_000)
  afterAll(async () => {
    await store?.close()
    await place?.destroy()
  }, 60_000)
  return {
    get place() {
      return place!
    },
    get store() {
      return store!
    },
  }
}
