/** The use cases behind one door (`UseCases`), each in its own file; here they only get what they need. */
import { InvalidInput } from '../domain/errors.js'
import { ablateModel } from './ablate-model.js'
import { ablatePaths } from './ablate-paths.js'
import { askBottlenecks } from './ask-bottlenecks.js'
import { askFlow } from './ask-flow.js'
import { askInfluence } from './ask-influence.js'
import { askPaths, multipliesAlongPaths } from './ask-paths.js'
import { attributeModel, checkAttribution } from './attribute-model.js'
import { Catalogue } from './catalogue.js'
import { channelPartners } from './channel-partners.js'
import { uncollapsed } from './collapsed-limits.js'
import { ColumnTexts } from './column-texts.js'
import { componentUses } from './component-uses.js'
import { estimateAblation } from './estimating/estimate-ablation.js'
import { estimateAttribution } from './estimating/estimate-attribution.js'
import { estimateRun } from './estimating/estimate-run.js'
import { evaluateTask } from './evaluate-task.js'
import { exportCircuit } from './export-circuit.js'
import { extractCircuit } from './extracting/extract-circuit.js'
import { graphPart } from './graph-part.js'
import { importFiles, uploadedFiles } from './import-files.js'
import type { JobBoard } from './job-board.js'
import { listEdges } from './list-edges.js'
import { listNodes } from './list-nodes.js'
import { matchCatalogue } from './match-catalogue.js'
import { measureFaithfulness } from './measure-faithfulness.js'
import { ActivationSurveys } from './measuring/activation-surveys.js'
import { ReferenceMeans } from './measuring/reference-means.js'
import { OpenGraphs } from './open-graphs.js'
import { pageOf } from './paging.js'
import { PathEnumerations } from './path-enumerations.js'
import { planQuestion } from './planning/plan-question.js'
import type { ArtefactStore } from './ports/artefact-store.js'
import type { CircuitStore } from './ports/circuit-store.js'
import type { Clock } from './ports/clock.js'
import type { FormatLibrary } from './ports/format-library.js'
import type { MaskLearner } from './ports/mask-learner.js'
import type { ModelLibrary } from './ports/model-library.js'
import type { ModelRunner } from './ports/model-runner.js'
import type { TaskLibrary } from './ports/task-library.js'
import { readColumns } from './read-columns.js'
import { resolveTask } from './resolve-task.js'
import { runModel } from './run-model.js'
import { modelNotAtHand, runsAModel } from './sparse-setting.js'
import { answerLongQuestion } from './start-question.js'
import { summariseGraph } from './summarise-graph.js'
import { surveyActivations } from './survey-activations.js'
import { unrollGraph } from './unroll-graph.js'
import type { Asking, Capability, OpenGraph, UseCases } from './use-cases.js'
import { weighedTokens } from './weighed-tokens.js'

export interface UseCaseDeps {
  readonly store: CircuitStore
  readonly artefacts: ArtefactStore
  readonly formats: FormatLibrary
  readonly library: ModelLibrary & { forget(modelId: string): void }
  readonly runner: ModelRunner
  readonly tasks: TaskLibrary
  readonly learner: MaskLearner
  readonly jobs: JobBoard
  readonly clock: Clock
  readonly maxUploadBytes: number
  /** Memory for opened graphs, bytes. */
  readonly graphBytes: number
}

/** Memory for columns that are written down, bytes. */
const COLUMN_BYTES = 64 << 20

export function useCasesOver(deps: UseCaseDeps): UseCases {
  const { store, artefacts, formats, library, jobs, clock } = deps
  const catalogue = new Catalogue(store)
  const models = {
    ...deps,
    means: new ReferenceMeans(deps.runner),
    surveys: new ActivationSurveys(deps.runner),
  }
  const graphs = new OpenGraphs(store, library, deps.graphBytes, (open, expression, asking, path) =>
    unrollGraph(open, expression, asking, path, models),
  )
  const enumerations = new PathEnumerations(deps.graphBytes / 2)
  const paged = { ...deps, enumerations }
  const texts = new ColumnTexts(Math.min(COLUMN_BYTES, deps.graphBytes / 8))
  const forget = (rootId: string): void => {
    graphs.forget(rootId)
    enumerations.forget(rootId)
    texts.forget(rootId)
    library.forget(rootId)
  }
  const opening = {
    open: (id: string, asking: Asking) => graphs.openCircuit(id, asking),
    scores: (open: OpenGraph) => graphs.scoresOf(open),
  }
  const useCases: UseCases = {
    startQuestion: async ({ graph, asked, idempotencyKey, owner }) =>
      jobs.start(
        'QUESTION',
        owner,
        idempotencyKey,
        (tools) => answerLongQuestion(graph, asked, tools, useCases, () => clock.elapsed()),
        graph,
      ),
    jobOutcome: async (id) => jobs.outcome(id),
    tasks: () => deps.tasks.list(),
    resolveTask: (ref) => resolveTask(ref, deps.tasks),
    openTask: (id) => deps.tasks.open(id),
    deleteTask: (id) => store.deleteTask(id),
    describeStore: () => store.describe(),
    ping: () => store.ping(),
    findCircuits: (question) => catalogue.findCircuits(question),
    findModels: (question) => catalogue.findModels(question),
    resolveCircuit: (ref) => catalogue.resolveCircuit(ref),
    resolveModel: (ref) => catalogue.resolveModel(ref),
    circuitSummaries: (ids) => store.circuitSummaries(ids),
    modelSummaries: (ids) => store.modelSummaries(ids),
    importsOf: (subjectId) => store.importsOf(subjectId),
    scoreSetsOf: (circuitId) => store.scoreSetsOf(circuitId),
    annotationsOf: (circuitId) => store.annotationsOf(circuitId),
    annotation: (id) => store.annotation(id),

    matchCircuits: (question, asking) => matchCatalogue(question, asking, { store, library, ...opening }),
    componentUses: (modelKey, address, page, asking) =>
      componentUses(modelKey, address, page, asking, { store, ...opening }),
    openCircuit: (id, asking) => graphs.openCircuit(id, asking),
    openModel: (id, asking) => graphs.openModel(id, asking),
    openSubcircuit: (id, asking) => graphs.openSubcircuit(id, asking),
    select: (graph, expression, asking) => graphs.select(graph, expression, asking),
    plan: async (graph, asked) => planQuestion(graph, asked, await graphs.scoresOf(graph), deps),
    nodesOf: (graph, expression, asking, path) => graphs.nodesOf(graph, expression, asking, path),
    capabilities: capabilitiesOf,
    nodes: async (graph, question) => listNodes(graph, question, await graphs.scoresOf(graph)),
    edges: async (graph, question) => listEdges(graph, question, await graphs.scoresOf(graph)),
    scores: (graph) => graphs.scoresOf(graph),
    summary: async (graph) => summariseGraph(graph.graph, [...(await graphs.scoresOf(graph)).keys()]),
    columns: async (graph, question, asking) =>
      readColumns(graph, question, await graphs.scoresOf(graph), asking, { clock, texts }),
    askPaths: async (graph, question, asking) =>
      askPaths(graph, question, await graphs.scoresOf(graph), asking, paged),
    askFlow: async (graph, question, asking) =>
      askFlow(graph, question, await graphs.scoresOf(graph), asking, deps),
    askBottlenecks: async (graph, question, asking) =>
      askBottlenecks(graph, question, await graphs.scoresOf(graph), asking, deps),
    askInfluence: async (graph, question) => askInfluence(graph, question, clock),
    run: async (graph, question, asking) => {
      uncollapsed(graph, 'a run')
      const scores = await graphs.scoresOf(graph)
      return runsAModel(graph)
        ? runModel(graph, question, scores, asking, models)
        : estimateRun(graph, question, scores, clock)
    },
    ablate: async (graph, question, asking) => {
      uncollapsed(graph, 'ablation')
      const scores = await graphs.scoresOf(graph)
      if (!runsAModel(graph)) return estimateAblation(graph, question, scores, asking, clock)
      const { target } = question
      return target.kind === 'paths'
        ? ablatePaths(graph, { ...question, target }, asking, models)
        : ablateModel(graph, { ...question, target }, scores, asking, models)
    },
    attribute: async (graph, question, asking) => {
      uncollapsed(graph, 'attribution')
      const scores = await graphs.scoresOf(graph)
      return runsAModel(graph)
        ? attributeModel(graph, question, scores, asking, models)
        : estimateAttribution(graph, question, scores, clock)
    },

    hasReferenceSet: async (modelId) => (await library.structure(modelId)).referenceSet !== null,
    faithfulness: async (graph, question, asking) => {
      uncollapsed(graph, 'faithfulness')
      if (!runsAModel(graph)) throw modelNotAtHand(graph, 'faithfulness is measured by running the model')
      return measureFaithfulness(graph, question, await graphs.scoresOf(graph), asking, models)
    },
    evaluateTask: async (graph, question, asking) =>
      evaluateTask(uncollapsed(graph, 'an evaluation'), question, asking, models),
    checkAttribution: async (graph, question, answer, check, asking) => {
      if (!runsAModel(graph)) throw modelNotAtHand(graph, 'a check ablates exactly')
      return checkAttribution(graph, question, answer, check, await graphs.scoresOf(graph), asking, models)
    },

    activations: (graph, node, question, asking) => surveyActivations(graph, node, question, asking, models),
    partners: (graph, node, side) => channelPartners(graph, node, side, deps),
    weighedTokens: (graph, node) => weighedTokens(graph, node, deps),

    extractCircuit: (request, tools) => extractCircuit(request, tools, models),
    importFiles: async ({ files, name, idempotencyKey, owner }) => {
      const named = await uploadedFiles(files, artefacts)
      return jobs.start('IMPORT', owner, idempotencyKey, (tools) =>
        importFiles({ files: named, owner, name }, tools, { store, artefacts, formats, clock }),
      )
    },
    forget,
    deleteCircuit: async (id) => {
      forget(id)
      return store.deleteCircuit(id)
    },
    deleteModel: async (id) => {
      const deleted = await store.deleteModel(id)
      forget(id)
      return deleted
    },
    job: async (id) => jobs.job(id),
    jobs: async ({ page }) => pageOf(jobs.jobs(), page, 'jobs'),
    cancelJob: async (id) => jobs.cancel(id),
    jobEvents: (id, after, signal) => jobs.events(id, after, signal),
    putArtefact: (sha256, content) => artefacts.put(checkedHash(sha256), content, deps.maxUploadBytes),
    hasArtefact: async (sha256) => (await artefacts.open(checkedHash(sha256))) !== null,
    graphPart: (globalId, format, row, asking) =>
      graphPart(globalId, format, row, asking, { opening: graphs, formats }),
    exportCircuit: (id) => exportCircuit(id, { store, formats }),
  }
  return useCases
}

function checkedHash(sha256: string): string {
  if (/^[0-9a-f]{64}$/.test(sha256)) return sha256
  throw new InvalidInput(
    'BAD_INPUT',
    `${JSON.stringify(sha256.slice(0, 80))} is not a SHA-256 in 64 lower-case hex digits`,
  )
}

/** What can be asked of a graph, from what it holds. */
function capabilitiesOf(open: OpenGraph): readonly Capability[] {
  const { graph } = open
  const isWhole = graph.quotient === undefined
  const isSparse = isWhole && runsAModel(open)
  const linear =
    isWhole && !isSparse && graph.edgeMeaning !== 'WEIGHT' && graph.edgeMeaning !== 'UNSIGNED_IMPORTANCE'
  const has: readonly (readonly [Capability, boolean])[] = [
    ['RUN', isSparse],
    ['POSITIONS', graph.nodes.some((node) => node.place.position !== null)],
    ['LOGIT_PROBABILITIES', graph.nodes.some((node) => node.probability !== null)],
    ['RESIDUAL_STREAM', isSparse],
    ['PRODUCTS', multipliesAlongPaths(open)],
    ['LINEAR_ESTIMATE', linear],
    ['SCORES', graph.edgeMeaning === 'EFFECT_SCORE' || graph.edgeMeaning === 'UNSIGNED_IMPORTANCE'],
  ]
  return has.filter(([, holds]) => holds).map(([capability]) => capability)
}
