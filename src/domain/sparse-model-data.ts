/** A sparse transformer as plain data: configuration with defaults filled in, and named tensors. */

/** Where AbsTopK may act (sparse-models.md §1.1, `afrac_loctypes`). */
export const TOPK_SITES = [
  'attn_in',
  'attn_q',
  'attn_k',
  'attn_v',
  'attn_out',
  'mlp_in',
  'mlp_neuron',
  'mlp_out',
  'resid_post_attn',
  'resid_post_mlp',
] as const
export type TopKSite = (typeof TOPK_SITES)[number]

/** The released GPTConfig with every default filled in; runtime-only fields (grad_checkpointing …) are dropped. */
export interface ModelConfig {
  readonly blockSize: number
  readonly vocabSize: number
  readonly layers: number
  readonly heads: number
  readonly dHead: number
  readonly dModel: number
  readonly dMlp: number
  readonly bias: boolean
  readonly lnBias: boolean
  readonly rmsNorm: boolean
  readonly activation: 'gelu' | 'relu'
  readonly residualActivation: 'identity' | 'relu'
  /** Fraction kept by AbsTopK, or null for none. */
  readonly afrac: number | null
  /** In the order of TOPK_SITES; empty when afrac is null. */
  readonly topKSites: readonly TopKSite[]
  readonly tiedUnembed: boolean
  readonly bigramTable: boolean
  readonly learnableBigramTable: boolean
  /** Width of the concatenated positions, or null for added ones. */
  readonly dPosEmb: number | null
  readonly sinusoidalPositions: boolean
  readonly sink: boolean
  readonly tokenizer: string | null
}

export const DTYPES = ['F64', 'F32', 'F16', 'BF16', 'I64', 'I32', 'I16', 'I8', 'U8', 'BOOL'] as const
export type DType = (typeof DTYPES)[number]

export interface Tensor {
  readonly name: string
  /** Stored type; hashes are taken over the stored bytes. */
  readonly dtype: DType
  readonly shape: readonly number[]
  /** Little-endian, C order, contiguous. */
  readonly bytes: Uint8Array
}

export interface SparseModelData {
  readonly id: string
  readonly config: ModelConfig
  /** By released name (sparse-models.md §7.2), in code-point order of the names. */
  readonly tensors: readonly Tensor[]
  /** Token sequences over which means are taken, when the model came with them. */
  readonly referenceSet: {
    readonly id: string
    readonly name: string
    readonly sequences: readonly (readonly number[])[]
  } | null
  /** Text of each vocabulary id, when the model came with them. */
  readonly vocabulary: readonly string[] | null
  /** Text of the `tokenizer.json` that turns text into ids, when the model came with one; it stands above the vocabulary. */
  readonly tokenizer?: string | null
}
