/** The prompt of a graph: token texts of the metadata, vocabulary ids of the embedding nodes. */
import type { Prompt } from '../../domain/graph-data.js'
import { placeOf } from './node-place.js'
import type { RawGraph } from './raw-graph.js'

/** Until 2025-08-31 circuit-tracer wrote visible signs for these (pull request 34); later files keep the characters. */
const SIGNS_UNTIL_MS = Date.UTC(2025, 8, 1)
const CHARACTER_OF_SIGN: Readonly<Record<string, string>> = { '⏎': '\n', '→': '\t', '↵': '\r' }

export function promptOf(
  raw: RawGraph,
  metadata: Readonly<Record<string, unknown>>,
): { prompt: Prompt | null; restored: number } {
  const texts = metadata['prompt_tokens']
  if (!Array.isArray(texts) || !texts.every((text) => typeof text === 'string'))
    return { prompt: null, restored: 0 }
  const ids = vocabularyIds(raw)
  const hasSigns = usesSigns(metadata)
  let restored = 0
  const tokens = texts.map((text: string, position) => {
    const plain = hasSigns ? text.replace(/[⏎→↵]/g, (sign) => CHARACTER_OF_SIGN[sign]!) : text
    if (plain !== text) restored++
    return { id: ids.get(position) ?? null, text: plain }
  })
  const text = metadata['prompt']
  return {
    prompt: { text: typeof text === 'string' ? text : tokens.map((token) => token.text).join(''), tokens },
    restored,
  }
}

function vocabularyIds(raw: RawGraph): Map<number, number> {
  const ids = new Map<number, number>()
  for (const node of raw.nodes) {
    if (node.featureType !== 'embedding') continue
    const { site, position } = placeOf(node).place
    if (site.kind === 'token' && typeof site.token === 'number' && position !== null)
      ids.set(position, site.token)
  }
  return ids
}

/** Old by its date, or without date and schema version. */
function usesSigns(metadata: Readonly<Record<string, unknown>>): boolean {
  const info = metadata['info']
  const created =
    info !== null && typeof info === 'object'
      ? (info as Record<string, unknown>)['create_time_ms']
      : undefined
  return typeof created === 'number' ? created < SIGNS_UNTIL_MS : metadata['schema_version'] === undefined
}
