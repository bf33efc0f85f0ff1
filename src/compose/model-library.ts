/** Stored models by id: weights from the artefact store, structure from the prepared model; both kept for reuse. */
import { LRUCache } from 'lru-cache'
import type { ArtefactStore } from '../application/ports/artefact-store.js'
import type { CircuitStore } from '../application/ports/circuit-store.js'
import type { ModelLibrary, ModelStructure } from '../application/ports/model-library.js'
import { buildGraphInSteps, type NodeDraft } from '../domain/build-circuit.js'
import { InvalidInput, NotFound, Unavailable } from '../domain/errors.js'
import type { GraphData } from '../domain/graph-data.js'
import type { SparseModelData } from '../domain/sparse-model-data.js'
import { runInTurns } from '../domain/steps.js'
import { decodeModelArtefact } from '../formats/sparse-release/model-artefact.js'
import { BytePairTokenizer } from '../model/byte-pair-tokenizer.js'
import { weightsInto, weightsOutOf } from '../model/channel-weights.js'
import { greedyTokenizer } from '../model/greedy-tokenizer.js'
import {
  embeddingColumn,
  embeddingRow,
  maskableSites,
  residualGain,
  unembeddingColumn,
  unembeddingRow,
  weightEdgesInSteps,
} from '../model/model-graph.js'
import { permutedWeights } from '../model/permuted-weights.js'
import { type PreparedModel, prepareModelInSteps } from '../model/prepared-model.js'
import type { TextTokenizer } from '../model/text-tokenizer.js'

/** Ends that are named between two pauses. */
const EDGES_PER_STEP = 1 << 18

interface Shelf {
  readonly data: SparseModelData
  prepared: Promise<PreparedModel> | null
  graph: Promise<GraphData> | null
  /** Made on first use; a model without a vocabulary has none. */
  tokenizer: TextTokenizer | null
}

export class StoredModelLibrary implements ModelLibrary {
  readonly #store: CircuitStore
  readonly #artefacts: ArtefactStore
  readonly #shelves: LRUCache<string, Shelf>

  constructor(store: CircuitStore, artefacts: ArtefactStore, maxModels: number) {
    this.#store = store
    this.#artefacts = artefacts
    this.#shelves = new LRUCache({ max: maxModels })
  }

  /** `permuted:<seed>:<id>` is the model with its weights permuted: a control, made when asked for and not kept. */
  async load(modelId: string): Promise<SparseModelData> {
    const [, seed, origin] = /^permuted:(\d+):(.+)$/.exec(modelId) ?? []
    if (origin !== undefined) return permutedWeights((await this.#shelf(origin)).data, Number(seed))
    return (await this.#shelf(modelId)).data
  }

  async graph(modelId: string): Promise<GraphData> {
    const shelf = await this.#shelf(modelId)
    shelf.graph ??= this.#prepared(shelf).then((model) => runInTurns(graphOfModel(modelId, model)))
    return shelf.graph
  }

  async structure(modelId: string): Promise<ModelStructure> {
    const shelf = await this.#shelf(modelId)
    return structureOf(shelf, await this.#prepared(shelf))
  }

  /** Forgets a deleted model. */
  forget(modelId: string): void {
    this.#shelves.delete(modelId)
  }

  #prepared(shelf: Shelf): Promise<PreparedModel> {
    shelf.prepared ??= runInTurns(prepareModelInSteps(shelf.data))
    return shelf.prepared
  }

  async #shelf(modelId: string): Promise<Shelf> {
    const known = this.#shelves.get(modelId)
    if (known) return known
    const [summary] = await this.#store.modelSummaries([modelId])
    if (!summary) throw new NotFound(`there is no model ${modelId}`)
    const file = await this.#artefacts.open(summary.weightsSha256)
    if (file === null) {
      throw new Unavailable(
        `the weights of model ${modelId} are not at hand`,
        { hint: 'import the model again' },
        'MODEL_NOT_AT_HAND',
      )
    }
    const shelf: Shelf = {
      data: await runInTurns(decodeModelArtefact(await file.read(0, file.bytes))),
      prepared: null,
      graph: null,
      tokenizer: null,
    }
    this.#shelves.set(modelId, shelf)
    return shelf
  }
}

/** The whole model as a graph: every maskable channel, every nonzero weight between two of them. */
function* graphOfModel(modelId: string, model: PreparedModel): Generator<void, GraphData> {
  const sites = maskableSites(model.config)
  const firstNode = new Uint32Array(sites.length)
  const nodes: NodeDraft[] = []
  for (const [i, { layer, block, channel, width }] of sites.entries()) {
    firstNode[i] = nodes.length
    for (let index = 0; index < width; index++) {
      nodes.push({ place: { site: { kind: 'channel', layer, block, tap: channel, index }, position: null } })
    }
    yield
  }
  const { sourceSite, sourceIndex, targetSite, targetIndex, weight } = yield* weightEdgesInSteps(model, null)
  const source = yield* endsOf(firstNode, sourceSite, sourceIndex)
  const target = yield* endsOf(firstNode, targetSite, targetIndex)
  return yield* buildGraphInSteps({
    source: 'SPARSE_WEIGHTS',
    edgeMeaning: 'WEIGHT',
    model: { kind: 'sparse', id: modelId },
    task: null,
    prompt: null,
    maskedSites: sites.map(({ tap }) => tap),
    nodes,
    edges: { source, target, weight, kind: 'WEIGHT' },
  })
}

function* endsOf(
  firstNode: Uint32Array,
  site: Uint32Array,
  index: Uint32Array,
): Generator<void, Uint32Array> {
  const ends = new Uint32Array(index.length)
  for (let e = 0; e < ends.length; e++) {
    if (e % EDGES_PER_STEP === 0) yield
    ends[e] = firstNode[site[e]!]! + index[e]!
  }
  return ends
}

function structureOf(shelf: Shelf, model: PreparedModel): ModelStructure {
  const { config, vocabulary, referenceSet } = shelf.data
  return {
    dModel: config.dModel,
    dHead: config.dHead,
    vocabSize: config.vocabSize,
    blockSize: config.blockSize,
    layers: config.layers,
    maskableSites: maskableSites(config),
    gain: (tap, index) => residualGain(model, tap, index),
    embedding: (token) => embeddingRow(model, token),
    unembedding: (token) => unembeddingRow(model, token),
    bigram: (token) =>
      model.bigramTable?.subarray(token * config.vocabSize, (token + 1) * config.vocabSize) ?? null,
    embeddingOf: (channel) => embeddingColumn(model, channel),
    unembeddingOf: (channel) => unembeddingColumn(model, channel),
    weightsInto: (tap, index) => weightsInto(model, tap, index),
    weightsOutOf: (tap, index) => weightsOutOf(model, tap, index),
    tokenText: (token) => vocabulary?.[token] ?? null,
    tokenize: (text) => {
      shelf.tokenizer ??= tokenizerOf(shelf.data)
      return shelf.tokenizer.encode(text)
    },
    referenceSet,
  }
}

function tokenizerOf({ vocabulary, tokenizer }: SparseModelData): TextTokenizer {
  if (tokenizer != null) return new BytePairTokenizer(tokenizer)
  if (vocabulary !== null) return greedyTokenizer(vocabulary)
  throw new InvalidInput('BAD_INPUT', 'this model came without a vocabulary, so it cannot read text', {
    hint: 'give the prompt as token ids',
  })
}
