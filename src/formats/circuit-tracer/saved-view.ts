/** Annotations as the saved view of a file: what `view-annotations.ts` reads, written back. */
import type { JsonValue } from '../../domain/canonical-json.js'
import type { Annotation } from '../../domain/records.js'
import { fieldsOf } from './file-fields.js'

export interface SavedView {
  readonly qParams: JsonValue
  /** Label by address; the tools write them into the nodes. */
  readonly labels: ReadonlyMap<string, string>
}

/** `idOf` gives the file's id of an address; members that the file does not have are left out. */
export function savedView(
  annotations: readonly Annotation[],
  idOf: (address: string) => string | undefined,
): SavedView {
  const ofKind = (kind: Annotation['kind']): Annotation[] => annotations.filter((one) => one.kind === kind)
  const idsOf = ({ members }: Annotation): string[] => members.flatMap((address) => idOf(address) ?? [])
  const settings = ofKind('VIEW').map((view) => fieldsOf(view.settings)) as Record<string, JsonValue>[]
  return {
    qParams: {
      ...Object.assign({ linkType: 'both', clickedId: '', sg_pos: '' }, ...settings),
      pinnedIds: [...new Set(ofKind('PINS').flatMap(idsOf))],
      supernodes: ofKind('SUPERNODE').map((group) => [group.title, ...idsOf(group)]),
    },
    labels: new Map(
      ofKind('LABEL').flatMap(({ members, text }) =>
        text === null ? [] : members.map((address): [string, string] => [address, text]),
      ),
    ),
  }
}
