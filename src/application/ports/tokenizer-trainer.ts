/** Trains byte-pair tokenizers on Python programs. */

export interface TokenizerPlan {
  /** Folder with Python programs; those that training of models holds out are left out here too. */
  readonly folder: string
  /** Pieces, all bytes and end-of-text among them. */
  readonly size: number
  /** Share of the text that is programs of task templates, 0 to below 1: so that answers of tasks become pieces. */
  readonly templateShare: number
  /** Where the `tokenizer.json` is put. */
  readonly output: string
  /** The Python that a private environment is made with, on first use. */
  readonly python: string
}

export interface TokenizerRecord {
  readonly output: string
  readonly sha256: string
  /** Pieces; fewer than asked for where the text has no more pairs to merge. */
  readonly vocabulary: number
  readonly files: number
  readonly bytes: number
  readonly templates: number
  /** Name and version of the library. */
  readonly library: string
}

export interface TokenizerTrainer {
  /**
   * Throws NOT_FOUND and BAD_INPUT for the folder, BAD_INPUT for a size or share that is none, UNAVAILABLE where Python
   * or its library are out of reach; rejects with CANCELLED soon after the signal.
   */
  trainTokenizer(
    plan: TokenizerPlan,
    watching: { readonly signal: AbortSignal; readonly say: (message: string) => void },
  ): Promise<TokenizerRecord>
}
