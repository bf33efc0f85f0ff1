/** What stands beside the data of every answer: its cost and, where it was asked for, its plan. */
import type { QuestionPlan } from '../application/planning/planned-only.js'
import { actualCost } from './cost-limit.js'
import type { RequestContext } from './request-context.js'

export interface ToldExtensions {
  readonly cost: object
  readonly plan?: readonly QuestionPlan[]
}

/** Work that was not asked for counts nothing; a field that was refused counts nowhere. */
export function told(data: unknown, { estimatedCost, meter, limits, plans }: RequestContext): ToldExtensions {
  const cost = {
    estimated: { fields: estimatedCost, work: meter.estimated },
    actual: { fields: plans === null ? actualCost(data) : 0, work: meter.spent },
    limit: { fields: limits.costFields, work: limits.costWork },
  }
  return plans === null ? { cost } : { cost, plan: plans }
}

/** What was planned has no data; errors of graphs that cannot be opened stand as they are. */
export function planned<Errors>(
  result: { readonly errors?: Errors },
  extensions: object,
): { data: null; errors?: Errors; extensions: Record<string, unknown> } {
  return {
    data: null,
    ...(result.errors === undefined ? {} : { errors: result.errors }),
    extensions: { ...extensions },
  }
}
