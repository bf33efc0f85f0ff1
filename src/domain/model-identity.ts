/** What a circuit speaks about: a sparse model's content hash, or a foreign model by name and dictionary set. */
export type ModelIdentity =
  | { readonly kind: 'sparse'; readonly id: string }
  | { readonly kind: 'foreign'; readonly name: string; readonly dictionary: string | null }

/** One text per identity: `sparse:<hash>`, `foreign:gemma-2-2b` or `foreign:gemma-2-2b#mntss/clt`. */
export function modelKey(identity: ModelIdentity): string {
  if (identity.kind === 'sparse') return `sparse:${identity.id}`
  return identity.dictionary === null
    ? `foreign:${identity.name}`
    : `foreign:${identity.name}#${identity.dictionary}`
}
