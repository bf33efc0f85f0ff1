/** The back ends of this machine; CIRCUITQL_TEST_TFJS_NODE names a folder that has the native one. */
import { BACKEND_NAMES } from '../../src/domain/training/training-record.js'
import type { Backend } from '../../src/training/backends/backend.js'
import { backendOrReason } from '../../src/training/backends/open-backend.js'

const told = new Set<string>()

export const NATIVE_PLACE = process.env['CIRCUITQL_TEST_TFJS_NODE'] ?? null

/** Said loudly where one is missing; native is an error where CIRCUITQL_REQUIRE names it. */
export async function presentBackends(): Promise<readonly Backend[]> {
  const found: Backend[] = []
  for (const name of BACKEND_NAMES) {
    const backend = await backendOrReason(name, { native: NATIVE_PLACE })
    if (typeof backend !== 'string') found.push(backend)
    else if (process.env['CIRCUITQL_REQUIRE']?.split(',').includes(name))
      throw new Error(`the back end ${name} is required but not there: ${backend}`)
    else if (!told.has(name)) console.warn(`SKIPPED back end ${name}: ${backend}`)
    told.add(name)
  }
  return found
}
