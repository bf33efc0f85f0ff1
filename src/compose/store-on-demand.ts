/** The store that the settings name, opened when the first question needs it; and its migrator. */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { CircuitStore } from '../application/ports/circuit-store.js'
import type { Migrator } from '../application/ports/migrator.js'
import { Conflict } from '../domain/errors.js'
import type { StoreSettings } from '../settings.js'
import { openEmbeddedMigrator, openEmbeddedStore } from '../stores/embedded/open-embedded.js'
import { openNeo4jMigrator, openNeo4jStore } from '../stores/neo4j/open-neo4j.js'

type Closable = { close(): unknown }

const MIGRATION_ATTEMPTS = 100
const MIGRATION_PAUSE_MS = 200

/** Every method opens the store first, so that commands which only migrate never touch it. */
export function storeOnDemand(settings: StoreSettings, root: string): CircuitStore {
  let opened: Promise<CircuitStore> | null = null
  const store = (): Promise<CircuitStore> => {
    opened ??= openStore(settings, root)
    return opened
  }
  return {
    describe: async () => (await store()).describe(),
    putCircuit: async (record, options) => (await store()).putCircuit(record, options),
    circuit: async (id) => (await store()).circuit(id),
    circuitSummaries: async (ids) => (await store()).circuitSummaries(ids),
    findCircuits: async (query) => (await store()).findCircuits(query),
    deleteCircuit: async (id) => (await store()).deleteCircuit(id),
    putModel: async (record) => (await store()).putModel(record),
    modelSummaries: async (ids) => (await store()).modelSummaries(ids),
    findModels: async (query) => (await store()).findModels(query),
    deleteModel: async (id) => (await store()).deleteModel(id),
    resolveName: async (kind, name) => (await store()).resolveName(kind, name),
    idsWithPrefix: async (kind, prefix, limit) => (await store()).idsWithPrefix(kind, prefix, limit),
    importsOf: async (id) => (await store()).importsOf(id),
    importRecord: async (id) => (await store()).importRecord(id),
    residueOf: async (id) => (await store()).residueOf(id),
    scoreSetsOf: async (id) => (await store()).scoreSetsOf(id),
    annotationsOf: async (id) => (await store()).annotationsOf(id),
    annotation: async (id) => (await store()).annotation(id),
    componentUses: async (key, address, limit) => (await store()).componentUses(key, address, limit),
    putSubcircuit: async (record) => (await store()).putSubcircuit(record),
    subcircuit: async (id) => (await store()).subcircuit(id),
    putTask: async (record) => (await store()).putTask(record),
    tasks: async () => (await store()).tasks(),
    deleteTask: async (id) => (await store()).deleteTask(id),
    ping: async () => (await store()).ping(),
    close: async () => {
      await opened?.then(
        (open) => open.close(),
        () => undefined,
      )
      opened = null
    },
  }
}

/** Opens its own connection for each call. */
export function migratorOnDemand(settings: StoreSettings, root: string): Migrator {
  const using = async <T>(work: (migrator: Migrator) => Promise<T>): Promise<T> => {
    const migrator: Migrator & Closable = await openMigrator(settings, root)
    try {
      return await work(migrator)
    } finally {
      await migrator.close()
    }
  }
  return {
    status: () => using((migrator) => migrator.status()),
    up: () => using((migrator) => migrator.up()),
    validate: () => using((migrator) => migrator.validate()),
    unlock: () => using((migrator) => migrator.unlock()),
  }
}

/**
 * A store of our own is brought up to date at once. A Neo4j server is set up when it has no history of ours yet; an
 * upgrade of one that is in use is the decision of who runs it (`circuitql migrate up`).
 */
async function openStore(settings: StoreSettings, root: string): Promise<CircuitStore> {
  await setUp(migratorOnDemand(settings, root), settings.kind)
  return settings.kind === 'embedded'
    ? openEmbeddedStore(embeddedOptions(settings, root))
    : openNeo4jStore(neo4jOptions(settings, root))
}

/** Processes that start together wait for the one of them that migrates. */
async function setUp(migrator: Migrator, kind: StoreSettings['kind']): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { applied, pending } = await migrator.status()
    const isFresh = applied.length === 0 || attempt > 1
    if (pending.length === 0 || (kind === 'neo4j' && !isFresh)) return
    try {
      await migrator.up()
      return
    } catch (error) {
      if (!(error instanceof Conflict) || attempt === MIGRATION_ATTEMPTS) throw error
      await pause(MIGRATION_PAUSE_MS)
    }
  }
}

async function openMigrator(settings: StoreSettings, root: string): Promise<Migrator & Closable> {
  return settings.kind === 'embedded'
    ? openEmbeddedMigrator(embeddedOptions(settings, root))
    : openNeo4jMigrator(neo4jOptions(settings, root))
}

function embeddedOptions({ directory }: StoreSettings & { kind: 'embedded' }, root: string) {
  return { directory, migrationsDirectory: join(root, 'migrations', 'embedded') }
}

function neo4jOptions(settings: StoreSettings & { kind: 'neo4j' }, root: string) {
  const { kind: _, ...connection } = settings
  return { ...connection, migrationsDirectory: join(root, 'migrations', 'neo4j') }
}
