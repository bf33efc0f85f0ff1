import type { ModelIdentityType } from '../schema/model-identity.type.js'
import { type ModelIdentity, modelKey } from '../src/domain/model-identity.js'

export function modelIdentityView(model: ModelIdentity): ModelIdentityType {
  const foreign = model.kind === 'foreign'
  return {
    key: modelKey(model),
    sparseModelHash: foreign ? null : model.id,
    name: foreign ? model.name : null,
    dictionary: foreign ? model.dictionary : null,
  }
}

/** From the key that the catalogue keeps, so that a list of circuits opens no graph. */
export function modelIdentityFromKey(key: string): ModelIdentityType {
  if (key.startsWith('sparse:')) return modelIdentityView({ kind: 'sparse', id: key.slice('sparse:'.length) })
  const [name = '', ...dictionary] = key.slice('foreign:'.length).split('#')
  return modelIdentityView({
    kind: 'foreign',
    name,
    dictionary: dictionary.length === 0 ? null : dictionary.join('#'),
  })
}
