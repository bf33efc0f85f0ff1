import type { Command } from 'commander'
import type { UseCases } from '../application/use-cases.js'
import { printGlobalId } from '../domain/global-id.js'
import { everyRow } from './every-row.js'
import { json, table } from './output.js'
import { type Stage, settingFlags, withSettings } from './stage.js'

/** `circuitql models`: the sparse models of the catalogue, by id. */
export function addModels(program: Command, stage: Stage<Pick<UseCases, 'findModels'>>): void {
  const command = program
    .command('models')
    .description('list the sparse models of the catalogue')
    .option('--name <TEXT>', 'only those with this text in a name, whatever the case')
    .option('--json', 'one JSON array')
  withSettings(command).action(async (options: { name?: string; json?: boolean }) => {
    const found = await stage.inside(settingFlags(command), (door) =>
      everyRow((page) => door.findModels({ nameContains: options.name ?? null, orderBy: null, page })),
    )
    const rows = found.map((model) => ({ ...model, id: printGlobalId('model', model.id) }))
    if (options.json) return stage.terminal.result(json(rows))
    stage.terminal.result(
      table(
        ['ID', 'NAMES', 'PARAMETERS', 'NONZERO', 'CREATED'],
        rows.map((model) => [
          model.id,
          model.names.join(', '),
          model.parameterCount,
          model.nonzeroCount,
          model.createdAt,
        ]),
      ),
    )
  })
}
