import { InvalidInput } from '../src/domain/errors.js'
import { type GlobalIdType, parseGlobalId } from '../src/domain/global-id.js'

/** The bare id inside a global id of the wanted type; text without a colon is a bare id already. */
export function bareId(text: string, type: GlobalIdType): string {
  if (!text.includes(':')) return text
  const id = parseGlobalId(text)
  if (id.type !== type) {
    throw new InvalidInput(
      'BAD_ID',
      `${JSON.stringify(text.slice(0, 80))} is the id of a ${id.type}, not of a ${type}`,
    )
  }
  return id.owner
}
