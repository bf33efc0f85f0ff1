/** What answers say: numbers with their basis and provenance (language.md §5–6). Plain readonly data. */

import type { Port } from '../domain/address.js'
import type { Basis, Level } from '../domain/edge-meaning.js'
import type { ErrorCode } from '../domain/errors.js'
import type { CircuitNode, EdgeKind } from '../domain/graph-data.js'
import type { Provenance } from '../domain/provenance.js'
import type { CircuitSummary } from '../domain/records.js'
import type { Interchange } from './faithfulness/interchange.js'
import type { Control } from './faithfulness/verdict.js'
import type { ActivationPlace, ActivationProfile } from './measuring/activation-profile.js'
import type { Interval } from './measuring/bootstrap.js'
import type { ElementKind } from './measuring/elements.js'
import type { ReferenceFacts } from './measuring/reference-means.js'
import type { OpenGraph } from './open-graph.js'

/** Outside the promise of reproducibility. */
export interface Execution {
  readonly elapsedMs: number
  /** Model runs spent; 0 for structure. */
  readonly evaluations: number
  /** How many of them computed a circuit's channels only, equal to the whole run to 1e-12. */
  readonly compiled: number
}

export interface AnswerBase {
  readonly level: Level
  readonly basis: Basis
  readonly provenance: Provenance
  readonly execution: Execution
}

export interface Page<Row> {
  readonly rows: readonly { readonly row: Row; readonly cursor: string }[]
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
  readonly totalCount: number
}

/** A node as seen in an answer: of the graph, or an end attached by the question. */
export interface PathStep {
  readonly address: string
  /** Null for ends that the question attached (`token(5)`, `logit(5)-logit(7)`). */
  readonly node: CircuitNode | null
}

export interface PathHop {
  readonly kind: EdgeKind
  /** Null where the link has no value (CONTROL). */
  readonly weight: number | null
  readonly port: Port | null
  /** Does the path go against the link? */
  readonly reversed: boolean
}

export interface PathBinding {
  readonly variable: string
  /** Addresses of nodes, or `source->target` of hops, in their order on the path. */
  readonly elements: readonly string[]
}

export interface PathRow {
  /** From 1, in the order of `rankBy`. */
  readonly rank: number
  readonly steps: readonly PathStep[]
  readonly hops: readonly PathHop[]
  readonly hopCount: number
  /** What each variable of the question's pattern stands for. */
  readonly bindings: readonly PathBinding[]
  /** Signed product of the raw edge values; null with a reason where it has none. */
  readonly product: number | null
  readonly productReason: string | null
  /** log2 of abs(product): stays finite where the product underflows. */
  readonly log2AbsProduct: number | null
  /** Product of row-normalised absolute values, 0…1; null unless ranked by SHARE. */
  readonly share: number | null
  /** Smallest abs(score) on the path; null unless ranked by WEAKEST_SCORE. */
  readonly weakestScore: number | null
}

/** A path of a circuit that matches a pattern. */
export interface CircuitMatch {
  readonly circuit: CircuitSummary
  readonly open: OpenGraph
  readonly path: PathRow
  /** How many paths of the circuit match, exactly; decimal. */
  readonly pathCount: string
}

/** Matches, and the circuits among those looked at for this page in which the pattern has no meaning. */
export interface MatchPage extends Page<CircuitMatch> {
  readonly skipped: readonly SkippedCircuits[]
}

export interface SkippedCircuits {
  /** NOT_MEANINGFUL or BAD_INPUT: what asking one of them alone would be refused with. */
  readonly code: ErrorCode
  /** Why the first of them was. */
  readonly reason: string
  readonly circuits: number
}

/** A node that stands at a place of a model, in one circuit. */
export interface ComponentUse {
  readonly open: OpenGraph
  readonly node: CircuitNode
  /** Stored edges that enter and leave it, and the sums of their absolute values, unit by edgeMeaning. */
  readonly inputs: number
  readonly outputs: number
  readonly absoluteInput: number
  readonly absoluteOutput: number
}

export interface PathAnswer extends AnswerBase {
  readonly rankBy: string
  readonly paths: Page<PathRow>
  /** Exact number of paths, decimal; counted when it is asked for. */
  readonly totalCount: () => string
  /** What is true of all paths together; computed when it is asked for. */
  readonly sums: () => PathSumsAnswer
  readonly exhausted: boolean
  /** Does the next path have the same rank key as the last one here? */
  readonly tieCut: boolean
  /**
   * Paths through q or k that the OV_ONLY policy leaves out; null where the graph has no attention. Decimal; counted when
   * it is asked for, on a walk of its own.
   */
  readonly hiddenControlPaths: () => Promise<string | null>
  /** Were bigram entries walked? Null where the graph's model has none. */
  readonly bigram: boolean | null
}

export interface PathSumsAnswer {
  /** Sum of abs(product) over all pages so far ÷ the same over all paths; null with a reason. */
  readonly coveredMass: number | null
  readonly coveredMassReason: string | null
  /** κ = Σ abs(product) ÷ abs(Σ product); null with a reason (total 0). */
  readonly cancellation: number | null
  readonly cancellationReason: string | null
}

/** What passes a place of a flow; mass is null where products do not exist. */
export interface MassRow {
  /** Decimal. */
  readonly pathCount: string
  readonly signedMass: number | null
  readonly absoluteMass: number | null
  /** Share of the signed total, which may leave 0…1; null where that is 0. */
  readonly signedBetweenness: number | null
  /** Share of the absolute total, 0…1; null where that is 0. */
  readonly absoluteBetweenness: number | null
}

export interface FlowNodeRow extends MassRow {
  readonly step: PathStep
}

export interface FlowEdgeRow extends MassRow {
  readonly source: PathStep
  readonly target: PathStep
  readonly hop: PathHop
}

/** A long list whose rows are made when they are asked for. */
export interface FlowList<Row> {
  readonly count: number
  /** Absolute betweenness of a row. */
  strength(index: number): number | null
  row(index: number): Row
}

export interface FlowMasses {
  readonly nodes: FlowList<FlowNodeRow>
  /** COST_EXCEEDED where there are too many. */
  edges(): FlowList<FlowEdgeRow>
}

export interface FlowAnswer extends AnswerBase {
  /** Were edge values divided by the absolute input of their targets? */
  readonly normalised: boolean
  readonly pathCount: string
  /** Sum of raw path products; null with a reason. */
  readonly signedTotal: number | null
  readonly absoluteTotal: number | null
  readonly totalsReason: string | null
  readonly cancellation: number | null
  readonly cancellationReason: string | null
  /** Share of the absolute total over all paths that passes `via`, 0…1; null with a reason. */
  readonly viaShare: number | null
  readonly viaShareReason: string | null
  /** Paths through q or k that the OV_ONLY policy leaves out; null where the graph has no attention. Decimal. */
  readonly hiddenControlPaths: () => Promise<string | null>
  /** In canonical order; worked out when it is first called. */
  readonly masses: () => FlowMasses
  /** Totals from each source on its own, in canonical order. */
  readonly sources: readonly {
    readonly step: PathStep
    readonly pathCount: string
    readonly signedTotal: number | null
    readonly absoluteTotal: number | null
  }[]
  /** Were bigram entries walked? Null where the graph's model has none. */
  readonly bigram: boolean | null
}

/** A path without a rank. */
export interface RouteRow {
  readonly steps: readonly PathStep[]
  readonly hops: readonly PathHop[]
  readonly hopCount: number
}

export interface BottleneckAnswer extends AnswerBase {
  readonly pathCount: string
  /** Nodes on every path, from source to target. */
  readonly dominators: readonly PathStep[]
  /** A smallest set of nodes without which no path is left, in canonical order; null with a reason. */
  readonly minimumCut: readonly PathStep[] | null
  readonly minimumCutReason: string | null
  /** The same for the paths that can be cut: what `minimumCut` is where all can. */
  readonly cutBesideUncuttable: readonly PathStep[]
  /** One for each node of that cut; no two share a node that can be cut. */
  readonly disjointPaths: readonly RouteRow[]
  /** Paths without a node that can be cut, decimal, and the first of them in canonical order. */
  readonly uncuttableCount: string
  readonly uncuttable: readonly RouteRow[]
  /** A path of most hops; null with a reason. */
  readonly criticalPath: RouteRow | null
  readonly criticalPathReason: string | null
  /** Were bigram entries walked? Null where the graph's model has none. */
  readonly bigram: boolean | null
}

export interface InfluenceRow {
  readonly node: CircuitNode
  /** Sum over all paths of normalised absolute edge values to the weighted ends, 0…1. */
  readonly influence: number
  /** Share of total influence held by this node and all more influential ones: low means important. */
  readonly cumulative: number
}

export interface InfluenceAnswer extends AnswerBase {
  readonly nodes: readonly InfluenceRow[]
  /** tokens ÷ (tokens + errors); null with a reason. */
  readonly replacementScore: number | null
  readonly completenessScore: number | null
  readonly scoresReason: string | null
}

export type ColumnName =
  | 'nodeAddress'
  | 'source'
  | 'target'
  | 'kind'
  | 'port'
  | 'weight'
  | 'absWeight'
  | 'edgeCounts'

export interface GraphColumns extends AnswerBase {
  readonly edgeCount: number
  /** A column as text of a JSON list in UTF-8; null for what only collapsed graphs have. */
  text(column: ColumnName): Promise<Uint8Array | null>
}

export interface GraphSummary {
  readonly nodeCount: number
  readonly edgeCount: number
  /** Edges of kind WEIGHT with both ends kept: a sparse circuit's size. */
  readonly weightCount: number
  readonly byLayerAndTap: readonly {
    readonly layer: number | null
    readonly kind: string
    readonly tap: string | null
    readonly nodes: number
  }[]
  readonly maxInDegree: number
  readonly maxOutDegree: number
  readonly meanDegree: number
  /** abs(weight) at probabilities 0, ¼, ½, ¾, 1 (nearest rank); null without scored edges. */
  readonly absWeightQuantiles: readonly number[] | null
  readonly negativeEdges: number
  /** Edges ÷ (nodes · (nodes − 1)); null below two nodes. */
  readonly density: number | null
  readonly scoreNames: readonly string[]
}

export interface EstimatedChange {
  readonly node: CircuitNode
  /** Activation in the graph's file; null where it has none. */
  readonly before: number | null
  /** Logits for logits, activation units for others; null with a reason. */
  readonly change: number | null
  readonly reason: string | null
}

export interface RunAnswer extends AnswerBase {
  readonly tokens: readonly { readonly id: number | null; readonly text: string | null }[]
  /** Most probable next tokens after the last one; empty in estimates. */
  readonly next: readonly {
    readonly id: number
    readonly text: string | null
    readonly logit: number
    readonly probability: number
  }[]
  /** Nats; null with a reason (one token and no target). */
  readonly loss: number | null
  readonly lossReason: string | null
  readonly activations: readonly { readonly address: string; readonly values: readonly number[] }[]
  /** [head][query][key] */
  readonly attention: readonly {
    readonly layer: number
    readonly head: number
    readonly pattern: readonly (readonly number[])[]
  }[]
  /** Added tokens, most recent last; empty where none were asked for. */
  readonly generated: readonly {
    readonly id: number
    readonly text: string | null
    /** Nats. */
    readonly logProbability: number
  }[]
  /** Estimates: what interventions change at the ends of the graph and at nodes asked for; empty for runs. */
  readonly changes: readonly EstimatedChange[]
  readonly smallestMargin: number | null
}

/** One metric under one replacement. */
export interface AblationReading {
  readonly metric: string
  readonly replacement: string
  /** Metric of the background as it is, mean over prompts. */
  readonly full: number | null
  readonly ablated: number | null
  /** Everything maskable replaced. */
  readonly empty: number | null
  /** m(ablated) − m(full). */
  readonly effect: number | null
  /** effect · (+1 for loss and KL, −1 for logit difference, accuracy, probability); positive: the behaviour needs it. */
  readonly importance: number | null
  /** (m(ablated) − m(empty)) ÷ (m(full) − m(empty)), never clamped. */
  readonly faithfulness: number | null
  readonly reason: string | null
  /** (ln 2 − L(ablated)) ÷ (ln 2 − L(model)), for the loss between two answers. */
  readonly faithfulnessAboveChance: number | null
  readonly aboveChanceReason: string | null
  readonly perExample: readonly { readonly full: number | null; readonly ablated: number | null }[]
  /** Means over the clean and over the corrupt prompts of pairs; empty for prompts by themselves. */
  readonly sides: readonly SideReading[]
  /** Sample standard deviation of per-prompt effects; null for one prompt. */
  readonly spread: number | null
  /** Paired bootstrap, drawn when asked for: a sweep has thousands of rows and a page shows twenty. Null for one example. */
  readonly effectInterval: () => Interval | null
  readonly faithfulnessInterval: () => Interval | null
}

export interface SideReading {
  readonly side: 'CLEAN' | 'CORRUPT'
  readonly full: number | null
  readonly ablated: number | null
  readonly empty: number | null
}

/** One element of a sweep. */
export interface AblationRow {
  readonly kind: Exclude<ElementKind, 'TOKEN'>
  readonly label: string
  readonly nodes: readonly CircuitNode[]
  /** Place in the graph's edge columns, where the element is one stored edge. */
  readonly edge: number | null
  /** Nodes and edges in it. */
  readonly size: number
  readonly layer: number | null
  readonly head: number | null
  readonly position: number | null
  readonly readings: readonly AblationReading[]
  /** Of a pair, in the order of `readings`: m(M) − m(M∖i) − m(M∖j) + m(M∖ij). */
  readonly interactions: readonly (number | null)[] | null
}

/** One fit of constants to everything that one row replaces. */
export interface ConstantFitFacts {
  /** The row: `background`, `empty`, `together`, or an element's label. */
  readonly of: string
  readonly metric: string
  /** Constants that were fitted. */
  readonly channels: number
  /** Metric on the train examples, mean, at the start and with the fitted constants. */
  readonly before: number
  readonly after: number
  readonly steps: number
  readonly converged: boolean
}

export interface UsedReplacement {
  readonly name: string
  readonly reference: ReferenceFacts | null
  /** What OPTIMAL_CONSTANT was fitted to; empty for other replacements. */
  readonly fits: readonly ConstantFitFacts[]
}

export interface RankAgreement {
  readonly metric: string
  readonly replacements: readonly [string, string]
  /** Spearman's, of the rows' effects; null with a reason. */
  readonly correlation: number | null
  readonly reason: string | null
}

/** What a number was measured on. */
export interface DataSetFacts {
  /** Hash of tokens, targets and sides. */
  readonly id: string
  readonly prompts: number
  /** Pairs count once. */
  readonly examples: number
  readonly tokens: number
}

export interface AblationAnswer extends AnswerBase {
  readonly readings: readonly AblationReading[]
  /** One row per element of a sweep, in canonical order; empty for TOGETHER. */
  readonly rows: readonly AblationRow[]
  /** Per metric and pair of replacements; empty without a sweep. */
  readonly rankAgreement: readonly RankAgreement[]
  readonly replacements: readonly UsedReplacement[]
  /** Null where nothing was run. */
  readonly dataSet: DataSetFacts | null
  /** Targets that cannot be masked and were left alone (KEEP_ONLY). */
  readonly ignored: readonly string[]
  readonly signConvention: string
  readonly smallestMargin: number | null
}

/** Score of one element. */
export interface AttributionScore {
  readonly kind: 'NODE' | 'EDGE' | 'TOKEN' | 'HEAD'
  /** Address, `position 3`, `head(0.1)`. */
  readonly label: string
  readonly node: CircuitNode | null
  /** Place in the graph's edge columns. */
  readonly edge: number | null
  readonly layer: number | null
  readonly head: number | null
  readonly position: number | null
  readonly score: number | null
  /** Σ|·| over positions, mean over prompts; null where the method has no parts. */
  readonly absSum: number | null
  /** Of sampled methods. */
  readonly standardError: number | null
  readonly reason: string | null
}

export interface AttributionAnswer extends AnswerBase {
  readonly method: string
  readonly metric: string
  readonly baseline: string
  readonly baselineReference: ReferenceFacts | null
  readonly signConvention: string
  /** In canonical order; null with a reason. */
  readonly scores: readonly AttributionScore[]
  /** Per cut (one site): sum, true difference of replacing its scored channels jointly, gap = difference − sum. */
  readonly cuts: readonly {
    readonly site: string
    readonly sum: number | null
    readonly trueDifference: number | null
    readonly gap: number | null
    readonly reason: string | null
  }[]
  /** Metric of the clean run, mean over examples. */
  readonly value: number | null
  /** Metric with everything scored replaced, where one run says so. */
  readonly replacedValue: number | null
  /** Quadrature steps; null for methods without. */
  readonly steps: number | null
  /** AbsTopK choices that changed along the integration path: where there are any, the gap may stay. */
  readonly jumps: number | null
  readonly dataSet: DataSetFacts | null
  readonly smallestMargin: number | null
}

/** Scores against exact ablation of the same elements with the same replacement. */
export interface AttributionCheck {
  readonly rows: readonly {
    readonly label: string
    readonly score: number
    /** m(ablated) − m(full), measured. */
    readonly effect: number
    /** score − effect */
    readonly miss: number
  }[]
  /** Spearman's; null with fewer than three rows or without variation. */
  readonly rankCorrelation: number | null
  /** Share of rows whose score has the sign of the effect; rows whose effect is 0 are left out. */
  readonly signAgreement: number | null
  /** Largest absolute miss, as a row above. */
  readonly worst: string | null
  readonly evaluations: number
}

/** One mask on the measured data, above chance and against the empty circuit. */
export interface FaithfulnessReading {
  /** Nats per side. */
  readonly loss: number
  /** D: mean over sides of right minus wrong logit. */
  readonly difference: number
  readonly accuracy: number
  /** KL(model ‖ mask), nats. */
  readonly divergence: number
  /** f_∅ on D. */
  readonly againstEmpty: number | null
  /** f_chance on the loss. */
  readonly aboveChance: number | null
  /** Of `aboveChance`, by templates. */
  readonly interval: Interval | null
}

export interface FaithfulnessAnswer extends AnswerBase {
  /** Kept channels, and all that can be masked. */
  readonly nodes: number
  readonly universeSize: number
  readonly replacement: UsedReplacement
  readonly dataSet: DataSetFacts | null
  /** Were rankings made on other templates than those measured? */
  readonly heldOut: boolean
  readonly model: LossFacts
  readonly empty: LossFacts
  /** The circuit alone, and the model without it. */
  readonly sufficiency: FaithfulnessReading
  readonly necessity: FaithfulnessReading
  readonly sentence: string
  readonly flags: readonly string[]
  readonly random: {
    readonly draws: number
    readonly losses: readonly number[]
    readonly aboveChance: readonly (number | null)[]
    readonly mean: number | null
  }
  /** |D(C∖K) − D(M∖K)| for random halves K of the circuit. */
  readonly completeness: { readonly draws: number; readonly incompleteness: readonly number[] }
  /** |D(C∖{v}) − D(C)| per node; empty for very large circuits. */
  readonly minimality: readonly { readonly address: string; readonly change: number }[]
  readonly curve: {
    readonly universe: string
    readonly ranking: string
    readonly signed: boolean
    readonly points: readonly {
      readonly share: number
      readonly items: number
      readonly loss: number
      readonly difference: number
      readonly againstEmpty: number | null
      readonly aboveChance: number | null
    }[]
    /** Null where the empty circuit measures the same as the full one. */
    readonly areas: { readonly cpr: number; readonly cmd: number } | null
  }
  /** Per kind of prompts. */
  readonly interchanges: readonly Interchange[]
  readonly controls: readonly Control[]
  readonly verdict: 'SUPPORTED' | 'UNSUPPORTED'
  readonly reasons: readonly string[]
  readonly smallestMargin: number | null
}

export interface LossFacts {
  readonly loss: number
  readonly difference: number
  readonly accuracy: number
}

/** Means over prompts; null where a prompt has no value. */
export interface TaskReading {
  /** Of the right answer against the wrong one, or against all tokens where there is no wrong one; nats per side. */
  readonly loss: number | null
  /** D: right minus wrong logit. */
  readonly difference: number | null
  readonly accuracy: number | null
}

/** How a graph does on the examples of a task. */
export interface TaskEvaluation extends AnswerBase, TaskReading {
  /** Of the loss, by templates. */
  readonly lossInterval: Interval | null
  /** Why a number is null. */
  readonly reason: string | null
  readonly split: string
  /** What took the place of everything outside a circuit; null for a model. */
  readonly replacement: UsedReplacement | null
  readonly dataSet: DataSetFacts
  /** The clean side, and the corrupt one where examples have two answers. */
  readonly sides: readonly (TaskReading & { readonly side: 'CLEAN' | 'CORRUPT' })[]
  /** In the order of their first example; empty where the task names none. */
  readonly templates: readonly (TaskReading & { readonly template: string; readonly examples: number })[]
  readonly smallestMargin: number | null
}

/** One channel over all tokens of a set of texts, full model. */
export interface ActivationsAnswer extends AnswerBase, ActivationProfile {
  readonly referenceSetId: string
  readonly origin: string
  readonly sequences: number
  readonly tokens: number
  readonly examples: readonly (Omit<ActivationPlace, 'token'> & {
    /** The whole sequence. */
    readonly tokens: readonly number[]
    readonly texts: readonly (string | null)[]
    readonly values: readonly number[]
  })[]
  readonly smallestMargin: number | null
}

/** A channel that another reads from or writes to. */
export interface ChannelPartner {
  readonly address: string
  readonly kind: 'WEIGHT' | 'RESIDUAL' | 'CONTROL'
  /** Stored weight, or norm gain of the reader; null for CONTROL. */
  readonly weight: number | null
  /** The node of the same graph, where it has one. */
  readonly node: CircuitNode | null
}

export interface PartnersAnswer extends AnswerBase {
  /** Largest absolute weight first, ties in canonical order, links without a weight last. */
  readonly partners: readonly ChannelPartner[]
}

export interface TokensAnswer extends AnswerBase {
  readonly side: 'EMBEDDING' | 'UNEMBEDDING'
  /** Largest absolute weight first, ties by id; tokens of weight 0 are left out. */
  readonly tokens: readonly { readonly id: number; readonly text: string | null; readonly weight: number }[]
}
