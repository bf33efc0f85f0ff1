/** Which files of a folder make one import: a sparse model with its sidecars and circuits, else circuit files. */

export const MODEL_CONFIG = 'beeg_config.json'
/** The first that is there holds the tensors; the other one would be the same model again. */
const MODEL_WEIGHTS = ['model.safetensors', 'final_model.pt']
const MODEL_SIDECARS = ['reference_set.json', 'vocabulary.json', 'tokenizer.json']
const CIRCUIT_FILE = /^circuit.*\.json$/
const GRAPH_FILE = /\.json(\.gz)?$/

/** Names in import order, the model first; empty when the folder holds nothing to import. */
export function filesToImport(names: readonly string[]): readonly string[] {
  const sorted = [...names].sort()
  if (!names.includes(MODEL_CONFIG)) return sorted.filter((name) => GRAPH_FILE.test(name))
  const weights = MODEL_WEIGHTS.filter((name) => names.includes(name)).slice(0, 1)
  const sidecars = MODEL_SIDECARS.filter((name) => names.includes(name))
  return [MODEL_CONFIG, ...weights, ...sidecars, ...sorted.filter((name) => CIRCUIT_FILE.test(name))]
}
