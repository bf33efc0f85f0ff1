/** One pass of a model over one prompt: what is run, under which settings, and who looks on. */
import type { ModelConfig } from '../domain/sparse-model-data.js'
import type { PreparedModel } from '../model/prepared-model.js'
import type { Checkpoints } from './checkpoints.js'
import type { FrozenGates } from './frozen-gates.js'
import type { Kernels } from './kernels/kernels.js'
import { kernelsOf } from './kernels/kernels-of.js'
import type { LinkChanges } from './link-changes.js'
import type { NormKind } from './norm.js'
import type { Tap } from './tap.js'
import type { Trace } from './trace.js'
import { Workspace } from './workspace.js'

/** float32 machine epsilon: what `nn.RMSNorm` without an explicit eps means in the released models. */
export const DEFAULT_NORM_EPSILON = 1.1920928955078125e-7

/** The smallest gap at an AbsTopK cut so far; Infinity before the first. */
export interface MarginGauge {
  smallest: number
}

export interface Run {
  readonly model: PreparedModel
  readonly tokens: readonly number[]
  /** Position of the first of them: 0, but for a block of rows (row-blocks.ts). */
  readonly firstPosition: number
  readonly tap: Tap
  readonly norm: NormKind
  readonly margin: MarginGauge
  /** How many runs stand side by side (copies.ts): arrays have T · copies rows. */
  readonly copies: number
  /** The smallest margin of each of them, where there are several; null for one. */
  readonly margins: Float64Array | null
  readonly workspace: Workspace
  readonly kernels: Kernels
  /** Filled for a reverse pass, null otherwise. */
  readonly trace: Trace | null
  /** Residual streams of the run before, so that equal beginnings are computed once; null for none. */
  readonly checkpoints: Checkpoints | null
  /** Null: every gate is live. */
  readonly frozen: FrozenGates | null
  /** Links that carry a replacement; null for none. */
  readonly links: LinkChanges | null
  /** Logits of earlier positions are not wanted and left 0. */
  readonly firstRow: number
  /** Are taps wanted only where those logits depend on them? The rest may be 0 in the last layer. */
  readonly skipsRows: boolean
  /** What stands in place of the rows that the tokens look up; null: nothing. */
  readonly input: InputRows | null
}

/** Rows of a prompt's input: what integrated gradients move (semantics.md §7). */
export interface InputRows {
  /** [T, d], without positions. */
  readonly embedding: Float64Array
  /** [T, V]; null for a model without a bigram table. */
  readonly bigram: Float64Array | null
}

export function normKind({ rmsNorm }: ModelConfig, epsilon: number | undefined): NormKind {
  return { rms: rmsNorm, epsilon: epsilon ?? DEFAULT_NORM_EPSILON }
}

/** A run of its own, without checkpoints; the parts that are not given get their usual values. */
export function newRun(
  model: PreparedModel,
  tokens: readonly number[],
  tap: Tap,
  more: Partial<Omit<Run, 'model' | 'tokens' | 'tap' | 'norm'>> & { readonly normEpsilon?: number } = {},
): Run {
  const trace = more.trace ?? null
  const copies = more.copies ?? 1
  return {
    model,
    tokens,
    firstPosition: 0,
    tap,
    norm: normKind(model.config, more.normEpsilon),
    margin: more.margin ?? { smallest: Number.POSITIVE_INFINITY },
    copies,
    margins: copies === 1 ? null : new Float64Array(copies).fill(Number.POSITIVE_INFINITY),
    kernels: more.kernels ?? kernelsOf(model),
    workspace: more.workspace ?? new Workspace(),
    trace,
    checkpoints: more.checkpoints ?? null,
    frozen: more.frozen ?? null,
    links: more.links ?? null,
    firstRow: more.firstRow ?? 0,
    skipsRows: more.skipsRows ?? false,
    input: more.input ?? null,
  }
}
