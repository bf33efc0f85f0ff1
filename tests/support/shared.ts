/** Where the reference data of other tools stands; suites that need it say loudly when it is not there. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

const candidate = resolve(process.env['CIRCUITQL_SHARED'] ?? join(__dirname, '../../../shared'))

/** Path of the shared reference data, or null. */
export const SHARED: string | null = existsSync(join(candidate, 'fixtures')) ? candidate : null

/** A suite over the reference data: skipped, and said so, when the data is not at hand. */
export function describeWithShared(name: string, suite: (shared: string) => void): void {
  if (SHARED !== null) {
    const shared = SHARED
    describe(name, () => suite(shared))
    return
  }
  if (process.env['CIRCUITQL_REQUIRE']?.split(',').includes('shared')) {
    describe(name, () => {
      it('needs the shared reference data', () => {
        throw new Error(`reference data is required but not at ${candidate}`)
      })
    })
    return
  }
  console.warn(`SKIPPED (no reference data at ../shared): ${name}`)
  describe.skip(name, () => {
    it('needs the shared reference data', () => {})
  })
}
