/** The prompt of a graph: token texts of the metadata, vocabulary ids of the embedding nodes. */
import type { Prompt } from '../../domain/graph-data.js'
import { type Fields, fieldsOf } from './file-fields.js'
import type { AddressedPlace } from './node-places.js'

/** circuit-tracer wrote visible signs for these until 31 August 2025 (pull request 34), the characters since. */
const SIGNS_UNTIL_MS = Date.UTC(2025, 8, 1)
const CHARACTER_OF_SIGN = { '⏎': '\n', '→': '\t', '↵': '\r' } as const
type Sign = keyof typeof CHARACTER_OF_SIGN
const SIGNS = Object.keys(CHARACTER_OF_SIGN) as Sign[]

/** `restored` counts tokens that got a character back. No prompt where the file lists no tokens. */
export function promptOf(
  metadata: Fields,
  places: readonly AddressedPlace[],
): { prompt: Prompt | null; restored: number } {
  const texts = metadata['prompt_tokens']
  if (!Array.isArray(texts) || !texts.every((text) => typeof text === 'string'))
    return { prompt: null, restored: 0 }
  const ids = vocabularyIds(places)
  const standIns = SIGNS.filter((sign) => standsIn(sign, metadata))
  let restored = 0
  const tokens = texts.map((text: string, position) => {
    const plain = standIns.reduce((rest, sign) => rest.replaceAll(sign, CHARACTER_OF_SIGN[sign]), text)
    if (plain !== text) restored++
    return { id: ids.get(position) ?? null, text: plain }
  })
  const { prompt } = metadata
  return {
    prompt: { text: typeof prompt === 'string' ? prompt : tokens.map(({ text }) => text).join(''), tokens },
    restored,
  }
}

/**
 * A sign in the tokens that the prompt does not have stands for the character. Where the prompt has it too, or is not
 * told, the age of the file decides; an arrow is common enough in texts to need a tab in the prompt even then.
 */
function standsIn(sign: Sign, metadata: Fields): boolean {
  const { prompt } = metadata
  if (typeof prompt === 'string' && !prompt.includes(sign)) return true
  return isOld(metadata) && (sign !== '→' || typeof prompt !== 'string' || prompt.includes('\t'))
}

function isOld(metadata: Fields): boolean {
  const created = fieldsOf(metadata['info'])['create_time_ms']
  return typeof created === 'number' ? created < SIGNS_UNTIL_MS : metadata['schema_version'] === undefined
}

/** Two embeddings at one position tell nothing. */
function vocabularyIds(places: readonly AddressedPlace[]): Map<number, number | null> {
  const ids = new Map<number, number | null>()
  for (const {
    place: { site, position },
  } of places) {
    if (site.kind !== 'token' || typeof site.token !== 'number' || position === null) continue
    ids.set(position, ids.has(position) ? null : site.token)
  }
  return ids
}
