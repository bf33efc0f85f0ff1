/** Saved view of a file (`qParams`): supernodes, pins, labels and view settings as annotations. */
import { canonicalJson, type JsonValue } from '../../domain/canonical-json.js'
import type { Annotation, AnnotationKind } from '../../domain/records.js'
import { sha256Hex } from '../../domain/sha256.js'
import { type Fields, fieldsOf, plainJson, sayingText, textsOf } from './file-fields.js'

export interface ViewContext {
  readonly circuitId: string
  readonly owner: string
  readonly updatedAt: string
  /** Addresses that a node id of the file stands for: none when it is unknown, several when it is ambiguous. */
  addressesOf(nodeId: string): readonly string[]
  /** The same for a feature id `{layer}_{packed feature}_{position}`, by which label overrides name nodes. */
  addressesOfFeature(featureId: string): readonly string[]
}

export interface ViewAnnotations {
  readonly annotations: readonly Annotation[]
  /** Ids in qParams that no node of the file has, and those that several have. */
  readonly unknownIds: readonly string[]
  readonly ambiguousIds: readonly string[]
  /** Supernodes without a known member. */
  readonly emptyGroups: readonly string[]
}

/** Ids of annotations follow from what they say, so that the same file gives the same annotations. */
export function viewAnnotations(qParams: unknown, context: ViewContext): ViewAnnotations {
  const view = fieldsOf(qParams)
  const unknownIds = new Set<string>()
  const ambiguousIds = new Set<string>()
  const emptyGroups: string[] = []
  const annotations = new Map<string, Annotation>()
  const add = (
    kind: AnnotationKind,
    title: string,
    text: string | null,
    members: readonly string[],
    settings: JsonValue = null,
  ): void => {
    const { circuitId, owner, updatedAt } = context
    const id = sha256Hex(canonicalJson([circuitId, kind, title, text, members, settings]))
    annotations.set(id, {
      id,
      version: 1,
      kind,
      circuitId,
      owner,
      title,
      text,
      members,
      settings,
      updatedAt,
    })
  }
  const lookUp = (ids: readonly string[], addressesOf: (id: string) => readonly string[]): string[] => [
    ...new Set(
      ids.flatMap((id) => {
        const addresses = addressesOf(id)
        if (addresses.length === 0) unknownIds.add(id)
        if (addresses.length > 1) ambiguousIds.add(id)
        return addresses
      }),
    ),
  ]
  for (const { title, ids } of supernodes(view, (id) => context.addressesOf(id).length > 0)) {
    const members = lookUp(ids, (id) => context.addressesOf(id))
    if (members.length > 0) add('SUPERNODE', title, null, members)
    else emptyGroups.push(title)
  }
  const pins = lookUp(idList(view['pinnedIds']), (id) => context.addressesOf(id))
  if (pins.length > 0) add('PINS', 'pinned', null, pins)
  for (const [featureId, label] of labels(view['clerps'])) {
    for (const address of lookUp([featureId], (id) => context.addressesOfFeature(id)))
      add('LABEL', address, label, [address])
  }
  const { supernodes: _, pinnedIds: __, clerps: ___, ...settings } = view
  const clicked = sayingText(settings['clickedId'])
  if (clicked !== null) lookUp([clicked], (id) => context.addressesOf(id))
  if (Object.values(settings).some((value) => value !== '' && value !== null))
    add('VIEW', 'view', null, [], plainJson(settings))
  return {
    annotations: [...annotations.values()],
    unknownIds: [...unknownIds],
    ambiguousIds: [...ambiguousIds],
    emptyGroups,
  }
}

interface Group {
  readonly title: string
  readonly ids: readonly string[]
}

const MAX_DEPTH = 50

/**
 * `[label, ...ids]`; a list inside it is a group of its own whose members belong to the outer one too. Lists deeper
 * than any tool nests them are not read.
 */
function supernodes(view: Fields, isId: (text: string) => boolean): Group[] {
  const groups: Group[] = []
  const read = (list: readonly unknown[], depth = 0): string[] => {
    const [first, ...rest] = list
    const title = typeof first === 'string' && !isId(first) ? first : null
    const ids = (title === null ? list : rest).flatMap((item) =>
      Array.isArray(item) && depth < MAX_DEPTH ? read(item as unknown[], depth + 1) : textsOf([item]),
    )
    if (title !== null) groups.push({ title, ids })
    return ids
  }
  const listed = parsedIfText(view['supernodes'])
  for (const group of Array.isArray(listed) ? listed : []) if (Array.isArray(group)) read(group as unknown[])
  return groups
}

/** Pairs of feature id and label, or an object of them. */
function labels(value: unknown): [string, string][] {
  const listed = parsedIfText(value)
  const pairs: unknown[] = Array.isArray(listed) ? listed : Object.entries(fieldsOf(listed))
  return pairs.filter(
    (pair): pair is [string, string] =>
      Array.isArray(pair) && pair.length >= 2 && textsOf(pair.slice(0, 2)).length === 2,
  )
}

/** Views that were taken from an address line hold lists as text. */
function idList(value: unknown): string[] {
  return typeof value === 'string' ? value.split(',').filter((id) => id !== '') : textsOf(value)
}

function parsedIfText(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return null
  }
}
