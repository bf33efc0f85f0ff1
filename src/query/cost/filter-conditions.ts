/** How many conditions a filter joins: each is tried on every node or edge. */
export function conditionsIn(filter: object | null): number {
  if (filter === null) return 0
  let conditions = 0
  const open: object[] = [filter]
  for (let inner = open.pop(); inner !== undefined; inner = open.pop()) {
    for (const value of Object.values(inner)) {
      if (value === null || value === undefined) continue
      if (typeof value === 'object') open.push(value as object)
      conditions++
    }
  }
  return conditions
}
