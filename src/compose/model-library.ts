/** Stored models by id: weights from the artefact store, structure from the prepared model; both kept for reuse. */
import { LRUCache } from 'lru-cache'
import type { ArtefactStore } from '../application/ports/artefact-store.js'
import type { CircuitStore } from '../application/ports/circuit-store.js'
import type { ModelLibrary, ModelStructure } from '../application/ports/model-library.js'
import { buildGraph, type NodeDraft } from '../domain/build-circuit.js'
import { InvalidInput, NotFound, Unavailable } from '../domain/errors.js'
import type { GraphData } from '../domain/graph-data.js'
import type { SparseModelData } from '../domain/sparse-model-data.js'
import { decodeModelArtefact } from '../formats/sparse-release/model-artefact.js'
import { weightsInto, weightsOutOf } from '../model/channel-weights.js'
import {
  embeddingColumn,
  embeddingRow,
  maskableSites,
  residualGain,
  unembeddingColumn,
  unembeddingRow,
  weightEdges,
} from '../model/model-graph.js'
import { permutedWeights } from '../model/permuted-weights.js'
import { type PreparedModel, prepareModelInSteps } from '../model/prepared-model.js'
import { tokenize } from '../model/tokenize.js'

interface Shelf {
  readonly data: SparseModelData
  prepared: Promise<PreparedModel> | null
  graph: Promise<GraphData> | null
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
    shelf.graph ??= this.#prepared(shelf).then((model) => graphOfModel(modelId, model))
    return shelf.graph
  }

  async structure(modelId: string): Promise<ModelStructure> {
    const shelf = await this.#shelf(modelId)
    return structureOf(shelf.data, await this.#prepared(shelf))
  }

  /** Forgets a deleted model. */
  forget(modelId: string): void {
    this.#shelves.delete(modelId)
  }

  #prepared(shelf: Shelf): Promise<PreparedModel> {
    shelf.prepared ??= inSteps(prepareModelInSteps(shelf.data))
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
      data: decodeModelArtefact(await file.read(0, file.bytes)),
      prepared: null,
      graph: null,
    }
    this.#shelves.set(modelId, shelf)
    return shelf
  }
}

/** Lets the event loop breathe between the steps of long preparation. */
async function inSteps<T>(steps: Generator<void, T>): Promise<T> {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}

/** The whole model as a graph: every maskable channel, every nonzero weight between two of them. */
function graphOfModel(modelId: string, model: PreparedModel): GraphData {
  const sites = maskableSites(model.config)
  const firstNode = new Map<number, number>()
  const nodes: NodeDraft[] = []
  for (const [i, { layer, block, channel, width }] of sites.entries()) {
    firstNode.set(i, nodes.length)
    for (let index = 0; index < width; index++) {
      nodes.push({ place: { site: { kind: 'channel', layer, block, tap: channel, index }, position: null } })
    }
  }
  const { sourceSite, sourceIndex, targetSite, targetIndex, weight } = weightEdges(model, null)
  return buildGraph({
    source: 'SPARSE_WEIGHTS',
    edgeMeaning: 'WEIGHT',
    model: { kind: 'sparse', id: modelId },
    task: null,
    prompt: null,
    maskedSites: sites.map(({ tap }) => tap),
    nodes,
    edges: {
      source: sourceIndex.map((index, e) => firstNode.get(sourceSite[e]!)! + index),
      target: targetIndex.map((index, e) => firstNode.get(targetSite[e]!)! + index),
      weight,
      kind: 'WEIGHT',
    },
  })
}

function structureOf(data: SparseModelData, model: PreparedModel): ModelStructure {
  const { config, vocabulary, referenceSet } = data
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
      if (vocabulary === null) {
        throw new InvalidInput('BAD_INPUT', 'this model came without a vocabulary, so it cannot read text', {
          hint: 'give the prompt as token ids',
        })
      }
      return tokenize(text, vocabulary)
    },
    referenceSet,
  }
}
