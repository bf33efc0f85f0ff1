/** What lives as long as one request: who asks, and the signal that ends when they leave or time runs out. */
import type { Request, Response } from 'express'
import type { ApiContext, ApiLimits } from '../../resolvers/api-context.js'
import { newLoaders } from '../../resolvers/loaders.js'
import { plannedOnly, type QuestionPlan } from '../application/planning/planned-only.js'
import { withinWork } from '../application/planning/within-work.js'
import type { UseCases } from '../application/use-cases.js'
import { WorkMeter } from '../application/work-meter.js'
import type { FinishedAnswer } from './answer-text.js'
import { type Identity, identify } from './bearer-tokens.js'
import { type Moving, movingAtLargeGraphs } from './large-estimates.js'
import type { ServerSettings } from './server-options.js'
import { SplicedLists } from './spliced-lists.js'

export interface RequestContext extends ApiContext {
  readonly mayWrite: boolean
  /** Points that the operation was estimated at; set once it has been checked. */
  estimatedCost: number
  readonly written: SplicedLists
  /** What its questions take. */
  readonly meter: WorkMeter
  /** Plans of its questions, where they are planned and not asked; else null. */
  readonly plans: QuestionPlan[] | null
  /** Does the answer tell its cost and plan already? */
  isTold: boolean
  /** May it move to a thread, and must it? */
  readonly moving: Moving
  /** The whole answer, where it is written down already; a place of its own, since Apollo copies contexts. */
  readonly finished: FinishedAnswer
}

export interface ContextMaker {
  readonly useCases: UseCases
  readonly settings: ServerSettings
  readonly limits: ApiLimits
  readonly version: string
  /** Aborted as soon as the server begins to close: subscriptions end, questions are given time. */
  readonly closing: AbortSignal
}

/** `timed` is false for subscriptions, which last as long as their job. */
export function contextOf(
  request: Request,
  response: Response,
  timed: boolean,
  maker: ContextMaker,
): RequestContext {
  const { owner, mayWrite } = identify(request.headers.authorization, maker.settings.tokens)
  const signal = timed
    ? endingSignal(response, maker.limits.questionTimeoutMs)
    : AbortSignal.any([endingSignal(response, null), maker.closing])
  return newContext({ owner, mayWrite }, signal, maker, asksForPlan(request))
}

export function newContext(
  { owner, mayWrite }: Identity,
  signal: AbortSignal,
  maker: Pick<ContextMaker, 'useCases' | 'limits' | 'version'>,
  planned: boolean,
): RequestContext {
  const { limits, version } = maker
  const meter = new WorkMeter()
  const asking = { signal, meter }
  const plans: QuestionPlan[] | null = planned ? [] : null
  const moving: Moving = { allowed: false, wanted: false }
  const useCases =
    plans === null
      ? withinWork(movingAtLargeGraphs(maker.useCases, moving), limits.costWork, meter)
      : plannedOnly(maker.useCases, plans, meter)
  const loaders = newLoaders(useCases, asking)
  const written = new SplicedLists()
  const made = { useCases, asking, owner, mayWrite, loaders, written, limits, version, meter, plans }
  return { ...made, moving, estimatedCost: 0, isTold: false, finished: { text: null } }
}

/** `extensions: {plan: true}` beside the query, in the body or as a parameter. */
function asksForPlan({ body, query }: Request): boolean {
  const given: unknown =
    (body as { readonly extensions?: unknown } | undefined)?.extensions ?? query['extensions']
  return wantsPlan(typeof given === 'string' ? parsed(given) : given)
}

export function wantsPlan(extensions: unknown): boolean {
  return (extensions as { readonly plan?: unknown } | null | undefined)?.plan === true
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Whoever reads the parameter next refuses it.
    return null
  }
}

/**
 * Aborted when the connection closes before the answer is out, and with a TimeoutError when the time is up (ms; null:
 * never). Not made by `AbortSignal.timeout`: AbortSignal.any holds its parts weakly, and one that is collected never
 * fires.
 */
function endingSignal(response: Response, limitMs: number | null): AbortSignal {
  const end = new AbortController()
  const timer =
    limitMs === null
      ? undefined
      : setTimeout(() => end.abort(new DOMException(`${limitMs} ms are up`, 'TimeoutError')), limitMs)
  response.once('close', () => {
    clearTimeout(timer)
    if (!response.writableFinished) end.abort()
  })
  return end.signal
}
