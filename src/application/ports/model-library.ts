/** What use cases need to know of a stored sparse model without running it. */
import type { GraphData } from '../../domain/graph-data.js'
import type { SparseModelData } from '../../domain/sparse-model-data.js'

/** A stored weight seen from one of its ends. */
export interface ChannelWeight {
  /** Released name of the site at the other end; v stands for the attended value. */
  readonly tap: string
  readonly index: number
  readonly weight: number
}

/** The parts of a model that structure questions and prompts need. */
export interface ModelStructure {
  readonly dModel: number
  readonly dHead: number
  readonly vocabSize: number
  /** Tokens that it reads at most. */
  readonly blockSize: number
  readonly layers: number
  /** Sites that a mask may stand at, in forward order: `0.attn.act_in`, … without `final_resid`. */
  readonly maskableSites: readonly { readonly tap: string; readonly width: number }[]
  /** Norm gain γ of a read (`act_in`, `final_resid`); null where nothing of the residual stream is read there. */
  gain(tap: string, index: number): number | null
  /** Embedding row of a token, [dModel]. */
  embedding(token: number): ArrayLike<number>
  /** Unembedding row of a token with the final norm's gain folded in, [dModel]. */
  unembedding(token: number): ArrayLike<number>
  /** What a token adds to every logit by the bigram table, [vocabulary]; null for a model without one. */
  bigram(token: number): ArrayLike<number> | null
  /** Channel of every token's embedding, [vocabulary]. */
  embeddingOf(channel: number): ArrayLike<number>
  /** Channel of every token's unembedding, final gain folded in, [vocabulary]. */
  unembeddingOf(channel: number): ArrayLike<number>
  /** Stored weights into and out of a channel of a maskable site; none for other places. */
  weightsInto(tap: string, index: number): readonly ChannelWeight[]
  weightsOutOf(tap: string, index: number): readonly ChannelWeight[]
  /** Text of a token; null when the model came without a vocabulary. */
  tokenText(token: number): string | null
  /** By the merges that came with the model, else the longest match over its vocabulary; BAD_INPUT naming what no token covers. */
  tokenize(text: string): readonly number[]
  /** The token sequences that means are taken over, or null. */
  readonly referenceSet: SparseModelData['referenceSet']
}

export interface ModelLibrary {
  /** NOT_FOUND when the catalogue has no such model, MODEL_NOT_AT_HAND when its weights are gone. */
  load(modelId: string): Promise<SparseModelData>
  /** The whole model as a graph: every maskable channel, every nonzero weight between them. */
  graph(modelId: string): Promise<GraphData>
  structure(modelId: string): Promise<ModelStructure>
}
