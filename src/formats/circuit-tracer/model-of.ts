/** Whom the graph speaks about: the scanned model and the dictionary set, as the metadata names them. */
import type { ModelIdentity } from '../../domain/model-identity.js'

type Fields = Readonly<Record<string, unknown>>

export function modelOf(metadata: Fields): ModelIdentity {
  const scan = metadata['scan']
  const name =
    typeof scan === 'string' && scan !== '' ? scan : Array.isArray(scan) ? scan.join('+') : 'unknown'
  const info = fields(metadata['info'])
  const details = fields(metadata['feature_details'])
  const named = [info['transcoder_set'], details['neuronpedia_source_set'], info['neuronpedia_source_set']]
  const dictionary = named.find((set): set is string => typeof set === 'string' && set !== '') ?? null
  return { kind: 'foreign', name, dictionary }
}

function fields(value: unknown): Fields {
  return value !== null && typeof value === 'object' ? (value as Fields) : {}
}
