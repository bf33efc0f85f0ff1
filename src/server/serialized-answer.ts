/** An answer that another thread has written down already: stands where Apollo keeps data, and is sent as it is. */
import type { FormattedExecutionResult } from 'graphql'

export class SerializedAnswer {
  constructor(readonly text: string) {}
}

/** Apollo's own way of writing an answer, but for those that are written. */
export function stringified(result: FormattedExecutionResult): string {
  const data: unknown = result.data
  return `${data instanceof SerializedAnswer ? data.text : JSON.stringify(result)}\n`
}
