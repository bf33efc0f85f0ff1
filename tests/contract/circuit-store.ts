/**
 * The contract that every circuit store holds, as a function of the store. A store's own test calls it:
 * `describeCircuitStore({ name: 'the embedded store', newPlace })`.
 */
import type { ChildProcess } from 'node:child_process'
import type { CircuitStore } from '../../src/application/ports/circuit-store.js'
import type { Migrator } from '../../src/application/ports/migrator.js'
import { describeCatalogue } from './circuit-store/catalogue.js'
import { describeConcurrency } from './circuit-store/concurrency.js'
import { describeDeletion } from './circuit-store/deletion.js'
import { describeImports } from './circuit-store/imports.js'
import { describeInterruptions } from './circuit-store/interruptions.js'
import { describeMatches } from './circuit-store/matches.js'
import { describeMigrations } from './circuit-store/migrations.js'
import { describeModels } from './circuit-store/models.js'
import { describeNames } from './circuit-store/names.js'
import { describeParts } from './circuit-store/parts.js'
import { describeTasks } from './circuit-store/tasks.js'

/** An empty database that only the test uses. */
export interface StorePlace {
  /** Another store on the same data, as another process would have one. The test closes it. */
  open(): Promise<CircuitStore>
  /** A migrator with the given folder of migrations (default: the product's own). The test closes it. */
  openMigrator(migrationsDirectory?: string): Promise<{ readonly migrator: Migrator; close(): Promise<void> }>
  /** The product's own migrations of this kind of store. */
  readonly migrationsDirectory: string
  /** `cypher` or `sql`. */
  readonly migrationExtension: string
  /** Leaves the lock as a migrator that crashed would. */
  leaveMigrationLock(): Promise<void>
  /** A process that opens a store here and runs `importForever(store, firstSeed)` of `tests/support/import-forever.ts`. */
  spawnImporter(firstSeed: number): ChildProcess
  /** How many rows (or nodes) of any kind still speak of this circuit or model: 0 after it was deleted. */
  countLeftovers(id: string): Promise<number>
  /** Frees what `newPlace` took. */
  destroy(): Promise<void>
}

export interface StoreContract {
  readonly name: string
  /** `migrated: false` gives a place that no migration has touched. */
  newPlace(options: { readonly migrated: boolean }): Promise<StorePlace>
  /** How often the importing process is killed; default 8, or the environment variable `CIRCUITQL_KILLS`. */
  readonly kills?: number
}

export function describeCircuitStore(contract: StoreContract): void {
  describe(`${contract.name} keeps the contract of a circuit store`, () => {
    describeImports(contract)
    describeParts(contract)
    describeNames(contract)
    describeCatalogue(contract)
    describeMatches(contract)
    describeModels(contract)
    describeTasks(contract)
    describeDeletion(contract)
    describeConcurrency(contract)
    describeInterruptions(contract)
    describeMigrations(contract)
  })
}
