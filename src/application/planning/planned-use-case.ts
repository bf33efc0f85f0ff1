/**
 * Which use cases take work that can be estimated before they run. The others are listed by name: a use case that is in
 * neither list, or is planned nowhere, does not compile.
 */
import type { UseCases } from '../use-cases.js'

/** Look-ups, writes and transport: they visit nothing and multiply nothing that a question could make larger. */
type Unplanned =
  | 'annotation'
  | 'annotationsOf'
  | 'cancelJob'
  | 'capabilities'
  | 'circuitSummaries'
  | 'componentUses'
  | 'deleteCircuit'
  | 'deleteModel'
  | 'deleteTask'
  | 'describeStore'
  | 'exportCircuit'
  | 'extractCircuit'
  | 'findCircuits'
  | 'findModels'
  | 'forget'
  | 'graphPart'
  | 'hasArtefact'
  | 'hasReferenceSet'
  | 'importFiles'
  | 'importsOf'
  | 'job'
  | 'jobEvents'
  | 'jobOutcome'
  | 'jobs'
  | 'matchCircuits'
  | 'modelSummaries'
  | 'nodesOf'
  | 'openCircuit'
  | 'openModel'
  | 'openSubcircuit'
  | 'openTask'
  | 'partners'
  | 'ping'
  | 'plan'
  | 'putArtefact'
  | 'resolveCircuit'
  | 'resolveModel'
  | 'resolveTask'
  | 'scores'
  | 'scoreSetsOf'
  | 'startQuestion'
  | 'summary'
  | 'tasks'
  | 'weighedTokens'

/** Refuses a name that no use case has. */
type Known<Name extends keyof UseCases> = Name

export type PlannedUseCases = Omit<UseCases, Known<Unplanned>>
