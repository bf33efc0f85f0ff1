/** Whom the graph speaks about: the scanned model and the dictionary set, as the metadata names them. */
import type { ModelIdentity } from '../../domain/model-identity.js'
import { type Fields, fieldsOf, sayingText, textsOf } from './file-fields.js'

export function modelOf(metadata: Fields): ModelIdentity {
  const info = fieldsOf(metadata['info'])
  const details = fieldsOf(metadata['feature_details'])
  const dictionary =
    sayingText(info['transcoder_set']) ??
    sayingText(details['neuronpedia_source_set']) ??
    sayingText(info['neuronpedia_source_set']) ??
    sayingText(textsOf(metadata['transcoder_list']).join('+'))
  return { kind: 'foreign', name: scanOf(metadata), dictionary }
}

/** Old files name a list of transcoders here instead of a model. */
export function scanOf(metadata: Fields): string {
  return sayingText(metadata['scan'])?.trim() ?? sayingText(textsOf(metadata['scan']).join('+')) ?? 'unknown'
}
