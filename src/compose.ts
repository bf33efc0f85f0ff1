/** The one place where ports meet adapters. Only entry files import it. */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { JobBoard } from './application/job-board.js'
import { loadExamples } from './application/load-examples.js'
import type { Clock } from './application/ports/clock.js'
import type { Migrator } from './application/ports/migrator.js'
import type { ModelLibrary } from './application/ports/model-library.js'
import type { ModelRunner } from './application/ports/model-runner.js'
import type { TrainingRequest, TrainingWatch } from './application/ports/model-trainer.js'
import type { TokenizerTrainer } from './application/ports/tokenizer-trainer.js'
import { type TrainedFiles, trainModel } from './application/train-model.js'
import type { UseCases } from './application/use-cases.js'
import { useCasesOver } from './application/use-cases-over.js'
import { bundledExamples } from './compose/bundled-examples.js'
import { Formats } from './compose/format-library.js'
import { StoredModelLibrary } from './compose/model-library.js'
import { projectRoot, projectVersion } from './compose/project-root.js'
import { migratorOnDemand, storeOnDemand } from './compose/store-on-demand.js'
import { StoredTaskLibrary } from './compose/task-library.js'
import { ThreadTrainer } from './compose/thread-trainer.js'
import { PythonTokenizerTrainer } from './compose/tokenizer-trainer.js'
import { EnginePool } from './engine/engine-pool.js'
import { EngineRunner } from './engine/engine-runner.js'
import type { GraphQLAnswer, GraphQLRequest } from './server/graphql-request.js'
import type { QuestionOutcome } from './server/question-task.js'
import { type SchemaDoor, schemaDoor } from './server/schema-door.js'
import type { Settings } from './settings.js'
import { openArtefactStore } from './stores/artefacts/disk-artefact-store.js'

/** Everything that entry files need of the house. */
export interface House extends UseCases, TokenizerTrainer {
  readonly migrator: Migrator
  readonly version: string
  /** Folder of the project, for files that are read at run time. */
  readonly root: string
  /** Trains a model in a thread of its own and gives its files. */
  trainModel(request: TrainingRequest, watch: TrainingWatch): Promise<TrainedFiles>
  /** Opens the store and, where the settings say so, loads the bundled examples into an empty catalogue. */
  prepare(signal: AbortSignal): Promise<{ readonly examples: number }>
  /** Answers a request through the schema, with the checks of the HTTP door. */
  execute(request: GraphQLRequest, signal: AbortSignal): Promise<GraphQLAnswer>
  /** The same as text, for those who send it on. */
  tell(request: GraphQLRequest, signal: AbortSignal): Promise<QuestionOutcome>
  /** Stops jobs and threads and closes the store. */
  close(): Promise<void>
}

export interface ComposeOptions {
  /** Runs models in this thread instead of worker threads; for tests that have no build. */
  readonly inThread?: boolean
  /** Told about faults of ours in long work. */
  readonly logBug?: (error: unknown) => void
}

const MODELS_KEPT = 4
/** Where `circuitql native` puts TensorFlow. */
const NATIVE_FOLDER = '.cache/native'
const GRAPH_BYTES = 1 << 30
const clock: Clock = { now: () => new Date().toISOString(), elapsed: () => performance.now() }

export async function compose(settings: Settings, options: ComposeOptions = {}): Promise<House> {
  const root = projectRoot()
  const version = projectVersion()
  const store = storeOnDemand(settings.store, root)
  const artefacts = await openArtefactStore(join(settings.dataDirectory, 'artefacts'))
  const library = new StoredModelLibrary(store, artefacts, MODELS_KEPT)
  const runner = modelRunner(settings, library, options.inThread ?? false)
  const formats = new Formats(library, (name) => store.resolveName('model', name))
  const trainer = new ThreadTrainer({ native: settings.tfjsNode ?? join(root, NATIVE_FOLDER) })
  const jobs = new JobBoard(clock, options.logBug ?? ((error) => console.error(error)))
  const useCases = useCasesOver({
    store,
    artefacts,
    formats,
    library,
    tasks: new StoredTaskLibrary(store, artefacts, library),
    learner: trainer,
    runner,
    jobs,
    clock,
    maxUploadBytes: settings.maxUploadBytes,
    graphBytes: GRAPH_BYTES,
  })
  const tokenizers = new PythonTokenizerTrainer(settings.dataDirectory)
  let door: SchemaDoor | null = null
  // Built on first use: only the command line and the threads ask without a server, and the schema takes a while.
  const opened = (): SchemaDoor => {
    door ??= schemaDoor(useCases, settings, version)
    return door
  }
  return {
    ...useCases,
    trainTokenizer: (plan, watching) => tokenizers.trainTokenizer(plan, watching),
    migrator: migratorOnDemand(settings.store, root),
    version,
    root,
    trainModel: (request, watch) => trainModel(request, watch, { trainer, formats }),
    prepare: async (signal) => {
      await store.ping()
      if (!settings.examples) return { examples: 0 }
      const deps = { store, artefacts, formats, clock }
      return { examples: await loadExamples(() => bundledExamples(join(root, 'zoo')), deps, signal) }
    },
    execute: (request, signal) => opened().answer(request, signal),
    tell: (request, signal) => opened().tell(request, signal),
    close: async () => {
      await jobs.close()
      await runner.close()
      await store.close()
    },
  }
}

function modelRunner(settings: Settings, library: ModelLibrary, inThread: boolean): ModelRunner {
  const source = { load: (modelId: string) => library.load(modelId), maxModels: MODELS_KEPT }
  if (inThread) return new EngineRunner(source)
  return new EnginePool({ ...source, workers: settings.workers ?? Math.min(4, availableParallelism()) })
}
