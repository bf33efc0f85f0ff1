import type { Command } from 'commander'
import type { Migrator } from '../application/ports/migrator.js'
import { counted, json, table } from './output.js'
import { type Stage, settingFlags, withSettings } from './stage.js'

export interface MigrateDoor {
  readonly migrator: Migrator
}

/** `circuitql migrate status|up|validate|unlock`: the store's forward-only migrations. */
export function addMigrate(program: Command, stage: Stage<MigrateDoor>): void {
  const migrate = program.command('migrate').description("bring the store's schema up to date")
  const { terminal } = stage
  const step = (
    name: string,
    description: string,
    run: (migrator: Migrator, asJson: boolean) => Promise<void>,
  ): void => {
    const command = migrate.command(name).description(description).option('--json', 'one JSON value')
    withSettings(command).action((options: { json?: boolean }) =>
      stage.inside(settingFlags(command), (door) => run(door.migrator, options.json === true)),
    )
  }

  step('status', 'list what is applied and what is pending', async (migrator, asJson) => {
    const { applied, pending } = await migrator.status()
    if (asJson) {
      const files = pending.map(({ version, description, source, checksum }) => ({
        version,
        description,
        source,
        checksum,
      }))
      return terminal.result(json({ applied, pending: files }))
    }
    const rows = [
      ...applied.map(({ version, description, source, at }) => [version, description, source, 'applied', at]),
      ...pending.map(({ version, description, source }) => [version, description, source, 'pending', null]),
    ]
    terminal.result(table(['VERSION', 'DESCRIPTION', 'FILE', 'STATE', 'AT'], rows))
  })

  step('up', 'apply what is pending', async (migrator, asJson) => {
    const applied = await migrator.up()
    if (asJson) return terminal.result(json(applied))
    for (const { source } of applied) terminal.result(`${source}\n`)
    terminal.message(`applied ${counted(applied.length, 'migration')}\n`)
  })

  step('validate', 'check that the applied migrations are those of the files', async (migrator, asJson) => {
    await migrator.validate()
    if (asJson) return terminal.result(json({ valid: true }))
    terminal.message('the applied migrations are those of the files\n')
  })

  step('unlock', 'remove a lock that a crash left behind', async (migrator, asJson) => {
    const unlocked = await migrator.unlock()
    if (asJson) return terminal.result(json({ unlocked }))
    terminal.message(unlocked ? 'removed the lock\n' : 'there was no lock\n')
  })
}
