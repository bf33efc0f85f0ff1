/** Packages that may be there: their absence is an answer, anything else that is wrong with them is told. */
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

export type Found = { readonly module: unknown } | { readonly missing: string }

/** The package seen from the folder, or from here. */
export function optionalPackage(name: string, folder: string | null): Found {
  const load = createRequire(folder === null ? import.meta.url : join(resolve(folder), 'package.json'))
  try {
    load.resolve(name)
  } catch {
    return { missing: `the package ${name} is not installed` }
  }
  try {
    return { module: load(name) }
  } catch (error) {
    return { missing: `the package ${name} cannot be loaded: ${(error as Error).message.split('\n')[0]}` }
  }
}
