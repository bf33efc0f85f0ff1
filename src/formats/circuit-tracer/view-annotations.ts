/** Saved view of a file (`qParams`): supernodes, pins, labels and view settings as annotations. */
import { canonicalJson, type JsonValue } from '../../domain/canonical-json.js'
import type { Annotation, AnnotationKind } from '../../domain/records.js'
import { sha256Hex } from '../../domain/sha256.js'

export interface ViewContext {
  readonly circuitId: string
  readonly owner: string
  readonly updatedAt: string
  /** Address of a node id of the file, or null where it is unknown. */
  addressOf(nodeId: string): string | null
  /** Address of a feature id `{layer}_{packed feature}_{position}`, by which label overrides name nodes. */
  addressOfFeatureId(featureId: string): string | null
}

export interface ViewAnnotations {
  readonly annotations: readonly Annotation[]
  /** Ids in qParams that no node of the file has. */
  readonly unknownIds: readonly string[]
}

export function viewAnnotations(qParams: unknown, context: ViewContext): ViewAnnotations {
  const view =
    qParams !== null && typeof qParams === 'object' && !Array.isArray(qParams)
      ? (qParams as Record<string, unknown>)
      : {}
  const unknownIds: string[] = []
  const annotations: Annotation[] = []
  const add = (
    kind: AnnotationKind,
    title: string,
    text: string | null,
    members: readonly string[],
    settings: JsonValue = null,
  ): void => {
    const id = sha256Hex(canonicalJson([context.circuitId, kind, title, text, members]))
    if (annotations.some((known) => known.id === id)) return
    annotations.push({
      id,
      version: 1,
      kind,
      circuitId: context.circuitId,
      owner: context.owner,
      title,
      text,
      members,
      settings,
      updatedAt: context.updatedAt,
    })
  }
  const addresses = (ids: readonly string[], lookUp: (id: string) => string | null): string[] =>
    ids.flatMap((id) => {
      const address = lookUp(id)
      if (address === null) unknownIds.push(id)
      return address ?? []
    })
  for (const [title, ids] of supernodes(view['supernodes']))
    add('SUPERNODE', title, null, addresses(ids, context.addressOf))
  const pins = texts(view['pinnedIds'])
  if (pins.length > 0) add('PINS', 'pinned', null, addresses(pins, context.addressOf))
  for (const [featureId, label] of labels(view['clerps'])) {
    const members = addresses([featureId], context.addressOfFeatureId)
    if (members.length > 0) add('LABEL', members[0]!, label, members)
  }
  const settings = viewSettings(view)
  if (settings !== null) add('VIEW', 'view', null, [], settings)
  return { annotations, unknownIds }
}

/** `[label, ...ids]`; ids inside nested groups count for the outer one, because the tool has no nesting. */
function supernodes(value: unknown): [string, string[]][] {
  if (!Array.isArray(value)) return []
  return value.flatMap((group: unknown): [string, string[]][] => {
    if (!Array.isArray(group) || typeof group[0] !== 'string') return []
    return [[group[0], texts((group.slice(1) as unknown[]).flat(8))]]
  })
}

function labels(value: unknown): [string, string][] {
  if (!Array.isArray(value)) return []
  return value.flatMap((pair: unknown): [string, string][] =>
    Array.isArray(pair) && typeof pair[0] === 'string' && typeof pair[1] === 'string'
      ? [[pair[0], pair[1]]]
      : [],
  )
}

/** The members that say how the view looks, when they say anything. */
function viewSettings(view: Record<string, unknown>): JsonValue {
  const { supernodes: _, pinnedIds: __, clerps: ___, ...rest } = view
  const says = Object.values(rest).some((value) => value !== '' && value !== null && value !== undefined)
  return says ? (JSON.parse(JSON.stringify(rest)) as JsonValue) : null
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
}
