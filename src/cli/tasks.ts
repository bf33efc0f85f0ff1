import type { Command } from 'commander'
import type { UseCases } from '../application/use-cases.js'
import { printGlobalId } from '../domain/global-id.js'
import { json, table } from './output.js'
import { type Stage, settingFlags, withSettings } from './stage.js'

/** `circuitql tasks`: built-in and imported tasks, by name and version. */
export function addTasks(program: Command, stage: Stage<Pick<UseCases, 'tasks'>>): void {
  const command = program
    .command('tasks')
    .description('list the tasks that questions can be measured on')
    .option('--json', 'one JSON array')
  withSettings(command).action(async (options: { json?: boolean }) => {
    const found = await stage.inside(settingFlags(command), (door) => door.tasks())
    const rows = found.map((task) => ({ ...task, id: printGlobalId('task', task.id) }))
    if (options.json) return stage.terminal.result(json(rows))
    stage.terminal.result(
      table(
        ['ID', 'NAME', 'VERSION', 'SOURCE', 'TRAIN', 'HELD OUT', 'TEST', 'DESCRIPTION'],
        rows.map(({ id, name, version, source, train, heldOut, test, description }) => [
          id,
          name,
          version,
          source === 'FILE' ? 'file' : 'built-in',
          train,
          heldOut ?? 0,
          test,
          description,
        ]),
      ),
    )
  })
}
