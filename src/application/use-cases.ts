/** What one can do here: the doors that resolvers and commands call. Implemented one use case per file beside this. */

import type { Circuit, CircuitNode } from '../domain/graph-data.js'
import type { Job } from '../domain/job.js'
import type {
  Annotation,
  CircuitSummary,
  ImportRecord,
  ScoreSet,
  SparseModelSummary,
} from '../domain/records.js'
import type { TaskData, TaskRecord } from '../domain/task.js'
import type { CircuitCondition, Direction } from '../query/catalogue-query.js'
import type { PlanStep } from '../query/cost/plan-step.js'
import type { GraphExpression } from '../query/graph-expression.js'
import type {
  AblationAnswer,
  AblationRow,
  ActivationsAnswer,
  AttributionAnswer,
  AttributionCheck,
  BottleneckAnswer,
  ComponentUse,
  FaithfulnessAnswer,
  FlowAnswer,
  GraphColumns,
  GraphSummary,
  InfluenceAnswer,
  MatchPage,
  Page,
  PartnersAnswer,
  PathAnswer,
  RunAnswer,
  TaskEvaluation,
  TokensAnswer,
} from './answers.js'
import type { ExtractedCircuit, ExtractionRequest, ExtractionTools } from './extracting/extract-circuit.js'
import type { JobEvent } from './job-board.js'
import type { LongQuestion, QuestionOutcome } from './long-question.js'
import type { OpenGraph } from './open-graph.js'
import type { AskedQuestion } from './planning/asked-question.js'
import type { StoreDescription } from './ports/circuit-store.js'
import type { BulkFormat, BulkPart } from './ports/format-library.js'
import type {
  AblationQuestion,
  ActivationsQuestion,
  AttributionCheckQuestion,
  AttributionQuestion,
  BottleneckQuestion,
  ColumnsQuestion,
  EdgesQuestion,
  FaithfulnessQuestion,
  FlowQuestion,
  InfluenceQuestion,
  MatchQuestion,
  NodesQuestion,
  PageRequest,
  PathQuestion,
  RunQuestion,
  TaskEvaluationQuestion,
} from './questions.js'
import type { WorkMeter } from './work-meter.js'

/** Who asks, and whether they still listen. */
export interface Asking {
  readonly signal: AbortSignal
  /** Counts the visits and multiply-adds that answering takes. */
  readonly meter?: WorkMeter
  /** Finished model runs, how many there will be, and the stage of a question that has several. */
  readonly onProgress?: (done: number, total: number, stage?: string) => void
  /** Rows of a sweep as they are complete, in their order. */
  readonly onSweepRows?: (rows: readonly AblationRow[]) => void
}

export type Ref =
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'name'; readonly name: string }

export type { OpenGraph }

export type Capability =
  | 'RUN'
  | 'POSITIONS'
  | 'LOGIT_PROBABILITIES'
  | 'RESIDUAL_STREAM'
  | 'PRODUCTS'
  | 'LINEAR_ESTIMATE'
  | 'SCORES'

export interface UseCases {
  // the catalogue
  describeStore(): Promise<StoreDescription>
  ping(): Promise<void>
  findCircuits(question: {
    where: CircuitCondition | null
    orderBy: { field: string; direction: Direction } | null
    page: PageRequest
  }): Promise<Page<CircuitSummary>>
  findModels(question: {
    nameContains: string | null
    orderBy: { field: string; direction: Direction } | null
    page: PageRequest
  }): Promise<Page<SparseModelSummary>>
  /** Null when there is none; a unique prefix of eight or more hex digits is accepted as id. */
  resolveCircuit(ref: Ref): Promise<CircuitSummary | null>
  resolveModel(ref: Ref): Promise<SparseModelSummary | null>
  circuitSummaries(ids: readonly string[]): Promise<readonly (CircuitSummary | null)[]>
  modelSummaries(ids: readonly string[]): Promise<readonly (SparseModelSummary | null)[]>
  importsOf(subjectId: string): Promise<readonly ImportRecord[]>
  scoreSetsOf(circuitId: string): Promise<readonly ScoreSet[]>
  annotationsOf(circuitId: string): Promise<readonly Annotation[]>
  annotation(id: string): Promise<Annotation | null>
  /** By name, then version. */
  tasks(): Promise<readonly TaskRecord[]>
  /** A name means its newest version; `name@version` one of them. Null when there is none. */
  resolveTask(ref: Ref): Promise<TaskRecord | null>
  openTask(id: string): Promise<TaskData>
  deleteTask(id: string): Promise<boolean>

  // graphs
  /** One pattern over the circuits that a filter selects. */
  matchCircuits(question: MatchQuestion, asking: Asking): Promise<MatchPage>
  /** Which circuits use a place of a model; the address's position does not matter. */
  componentUses(
    modelKey: string,
    address: string,
    page: PageRequest,
    asking: Asking,
  ): Promise<Page<ComponentUse>>
  openCircuit(id: string, asking: Asking): Promise<OpenGraph>
  openModel(id: string, asking: Asking): Promise<OpenGraph>
  /** Resolves a handed-out subcircuit id; NOT_FOUND otherwise. */
  openSubcircuit(id: string, asking: Asking): Promise<OpenGraph>
  select(graph: OpenGraph, expression: GraphExpression, asking: Asking): Promise<OpenGraph>
  /** Which steps a question takes, where, and how much: nothing of it runs. */
  plan(graph: OpenGraph, asked: AskedQuestion): Promise<readonly PlanStep[]>
  /** Addresses of the nodes that an expression gives; `path` is where it stands in the question. */
  nodesOf(
    graph: OpenGraph,
    expression: GraphExpression,
    asking: Asking,
    path: string,
  ): Promise<readonly string[]>
  capabilities(graph: OpenGraph): readonly Capability[]
  nodes(graph: OpenGraph, question: NodesQuestion): Promise<Page<number>>
  edges(graph: OpenGraph, question: EdgesQuestion): Promise<Page<number>>
  /** Score of each node by ordinal, or null when the graph has no such score. */
  scores(graph: OpenGraph): Promise<ReadonlyMap<string, readonly (number | null)[]>>
  summary(graph: OpenGraph): Promise<GraphSummary>
  columns(graph: OpenGraph, question: ColumnsQuestion, asking: Asking): Promise<GraphColumns>
  askPaths(graph: OpenGraph, question: PathQuestion, asking: Asking): Promise<PathAnswer>
  askFlow(graph: OpenGraph, question: FlowQuestion, asking: Asking): Promise<FlowAnswer>
  askBottlenecks(graph: OpenGraph, question: BottleneckQuestion, asking: Asking): Promise<BottleneckAnswer>
  askInfluence(graph: OpenGraph, question: InfluenceQuestion, asking: Asking): Promise<InfluenceAnswer>
  run(graph: OpenGraph, question: RunQuestion, asking: Asking): Promise<RunAnswer>
  ablate(graph: OpenGraph, question: AblationQuestion, asking: Asking): Promise<AblationAnswer>
  attribute(graph: OpenGraph, question: AttributionQuestion, asking: Asking): Promise<AttributionAnswer>
  faithfulness(graph: OpenGraph, question: FaithfulnessQuestion, asking: Asking): Promise<FaithfulnessAnswer>
  evaluateTask(graph: OpenGraph, question: TaskEvaluationQuestion, asking: Asking): Promise<TaskEvaluation>
  /** Has the model a reference set to take means over? False where it is not at hand. */
  hasReferenceSet(modelId: string): Promise<boolean>
  /** Ablates some of the elements that were scored, exactly. */
  checkAttribution(
    graph: OpenGraph,
    question: AttributionQuestion,
    answer: AttributionAnswer,
    check: AttributionCheckQuestion,
    asking: Asking,
  ): Promise<AttributionCheck>

  // looking inside one node of a sparse graph; NOT_MEANINGFUL for others
  activations(
    graph: OpenGraph,
    node: CircuitNode,
    question: ActivationsQuestion,
    asking: Asking,
  ): Promise<ActivationsAnswer>
  partners(graph: OpenGraph, node: CircuitNode, side: 'READS' | 'WRITES'): Promise<PartnersAnswer>
  weighedTokens(graph: OpenGraph, node: CircuitNode): Promise<TokensAnswer>

  // writes
  /** Cuts a circuit out of a model and stores it. */
  extractCircuit(request: ExtractionRequest, tools: ExtractionTools): Promise<ExtractedCircuit>
  /** Starts a long question; gives the job back at once. */
  startQuestion(request: {
    graph: OpenGraph
    asked: LongQuestion
    idempotencyKey: string | null
    owner: string
  }): Promise<Job>
  /** The answer of a question's job; null before it has ended, and once it has been forgotten. */
  jobOutcome(id: string): Promise<{ readonly graph: OpenGraph; readonly outcome: QuestionOutcome } | null>
  /** Starts an import of uploaded artefacts; gives the job back at once. */
  importFiles(request: {
    files: readonly { sha256: string; fileName: string }[]
    name: string | null
    idempotencyKey: string | null
    owner: string
  }): Promise<Job>
  deleteCircuit(id: string): Promise<boolean>
  deleteModel(id: string): Promise<boolean>
  /** Drops what is held in memory of a circuit or model that was deleted elsewhere. */
  forget(rootId: string): void
  job(id: string): Promise<Job | null>
  jobs(question: { page: PageRequest }): Promise<Page<Job>>
  cancelJob(id: string): Promise<Job>
  /** Events with sequence numbers after `after`; ends when the job has ended. */
  jobEvents(id: string, after: number | null, signal: AbortSignal): AsyncIterable<JobEvent>
  /** Takes an upload; see ArtefactStore.put. */
  putArtefact(
    sha256: string,
    content: AsyncIterable<Uint8Array>,
  ): Promise<{ readonly created: boolean; readonly bytes: number }>
  hasArtefact(sha256: string): Promise<boolean>
  /** Some rows of a graph by its global id, in a form for machines; the parts from row 0 on are the whole. */
  graphPart(globalId: string, format: BulkFormat, row: number, asking: Asking): Promise<BulkPart>
  /** The file of an imported circuit, or a fresh one in its format. */
  exportCircuit(
    id: string,
  ): Promise<{ readonly fileName: string; readonly content: AsyncIterable<Uint8Array> }>
}

export type { Circuit }
