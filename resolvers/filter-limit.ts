import { LimitExceeded } from '../src/domain/errors.js'

/** Conditions in one filter: each is tried on every node or edge, so their number multiplies the work. */
export const MAX_CONDITIONS = 200

/** Gives the filter back; throws LIMIT_EXCEEDED when it joins more conditions than allowed. */
export function checkFilterSize<Filter extends object>(filter: Filter, path: string): Filter {
  const open: object[] = [filter]
  let conditions = 0
  for (let inner = open.pop(); inner !== undefined; inner = open.pop()) {
    for (const value of Object.values(inner)) {
      if (value === null || typeof value !== 'object') continue
      conditions++
      open.push(value as object)
    }
    if (conditions > MAX_CONDITIONS) {
      const hint = 'use in: […] for alternatives of one property'
      throw new LimitExceeded(`a filter joins at most ${MAX_CONDITIONS} conditions`, { path, hint })
    }
  }
  return filter
}
