import type { Command } from 'commander'
import type { UseCases } from '../application/use-cases.js'
import { InvalidInput, NotFound } from '../domain/errors.js'
import { printGlobalId } from '../domain/global-id.js'
import type { TaskRecord } from '../domain/task.js'
import { json } from './output.js'
import { type Subject, subjectNamed } from './reference.js'
import { type Stage, settingFlags, withSettings } from './stage.js'

export type DeleteDoor = Pick<
  UseCases,
  'resolveCircuit' | 'resolveModel' | 'resolveTask' | 'deleteCircuit' | 'deleteModel' | 'deleteTask'
>

/** `circuitql delete ID|NAME…`: nothing is deleted unless every one of them is there. */
export function addDelete(program: Command, stage: Stage<DeleteDoor>): void {
  const command = program
    .command('delete')
    .description('delete circuits or models with all that stands beside them, or imported tasks')
    .argument('<ID|NAME...>', 'an id, a unique prefix of eight digits or more, or a name; tasks as task:<id>')
    .option('--json', 'one JSON array of the deleted ids')
  withSettings(command).action(async (texts: string[], options: { json?: boolean }) => {
    const ids = await stage.inside(settingFlags(command), async (door) => {
      const subjects: Subject[] = []
      const tasks: TaskRecord[] = []
      for (const text of texts) {
        if (text.startsWith('task:')) tasks.push(await importedTask(text, door))
        else subjects.push(await subjectNamed(text, door))
      }
      // Circuits first: a model is refused while a circuit speaks about it.
      subjects.sort((a, b) => Number(a.kind === 'model') - Number(b.kind === 'model'))
      const deleted = new Set<string>()
      for (const { kind, summary } of subjects) {
        await (kind === 'circuit' ? door.deleteCircuit(summary.id) : door.deleteModel(summary.id))
        deleted.add(printGlobalId(kind, summary.id))
      }
      for (const { id } of tasks) {
        await door.deleteTask(id)
        deleted.add(printGlobalId('task', id))
      }
      return [...deleted]
    })
    stage.terminal.result(options.json ? json(ids) : ids.map((id) => `${id}\n`).join(''))
  })
}

async function importedTask(text: string, door: Pick<UseCases, 'resolveTask'>): Promise<TaskRecord> {
  const task = await door.resolveTask({ kind: 'id', id: text.slice('task:'.length) })
  const hint = { hint: 'list them with: circuitql tasks' }
  if (task === null) throw new NotFound(`there is no task ${JSON.stringify(text)}`, hint)
  if (task.source === 'BUILT_IN')
    throw new InvalidInput('BAD_INPUT', `the task ${task.name} is built in and cannot be deleted`)
  return task
}
