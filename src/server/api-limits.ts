import type { ApiLimits } from '../../resolvers/api-context.js'
import type { ServerSettings } from './server-options.js'

/** Errors that one document may collect before validation stops. */
export const MAX_VALIDATION_ERRORS = 20
/** Errors that the variables of one operation may collect before coercion stops. */
export const MAX_COERCION_ERRORS = 5

/** What does not depend on settings (language.md §7). */
export function apiLimits(settings: ServerSettings): ApiLimits {
  return {
    costFields: settings.maxCostFields,
    costWork: settings.maxWork,
    depth: 20,
    listDepth: 5,
    aliases: 50,
    directives: 5,
    tokens: 5_000,
    inputDepth: 40,
    inputNodes: 100_000,
    bodyBytes: 2 * 2 ** 20,
    uploadBytes: settings.maxUploadBytes,
    questionTimeoutMs: settings.questionTimeoutMs,
  }
}
