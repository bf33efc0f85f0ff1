import type { Command } from 'commander'
import type { UseCases } from '../application/use-cases.js'
import { printGlobalId } from '../domain/global-id.js'
import { json } from './output.js'
import { type Subject, subjectNamed } from './reference.js'
import { type Stage, settingFlags, withSettings } from './stage.js'

export type DeleteDoor = Pick<UseCases, 'resolveCircuit' | 'resolveModel' | 'deleteCircuit' | 'deleteModel'>

/** `circuitql delete ID|NAME…`: nothing is deleted unless every one of them is there. */
export function addDelete(program: Command, stage: Stage<DeleteDoor>): void {
  const command = program
    .command('delete')
    .description('delete circuits or models, with all that stands beside them')
    .argument('<ID|NAME...>', 'an id, a unique prefix of eight digits or more, or a name')
    .option('--json', 'one JSON array of the deleted ids')
  withSettings(command).action(async (texts: string[], options: { json?: boolean }) => {
    const ids = await stage.inside(settingFlags(command), async (door) => {
      const subjects: Subject[] = []
      for (const text of texts) subjects.push(await subjectNamed(text, door))
      // Circuits first: a model is refused while a circuit speaks about it.
      subjects.sort((a, b) => Number(a.kind === 'model') - Number(b.kind === 'model'))
      const deleted = new Set<string>()
      for (const { kind, summary } of subjects) {
        await (kind === 'circuit' ? door.deleteCircuit(summary.id) : door.deleteModel(summary.id))
        deleted.add(printGlobalId(kind, summary.id))
      }
      return [...deleted]
    })
    stage.terminal.result(options.json ? json(ids) : ids.map((id) => `${id}\n`).join(''))
  })
}
