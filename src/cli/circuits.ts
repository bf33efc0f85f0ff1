import type { Command } from 'commander'
import type { UseCases } from '../application/use-cases.js'
import { printGlobalId } from '../domain/global-id.js'
import { everyRow } from './every-row.js'
import { json, table } from './output.js'
import { type Stage, settingFlags, withSettings } from './stage.js'

/** `circuitql circuits`: what the catalogue holds, by id. */
export function addCircuits(program: Command, stage: Stage<Pick<UseCases, 'findCircuits'>>): void {
  const command = program
    .command('circuits')
    .description('list the circuits of the catalogue')
    .option('--name <TEXT>', 'only those with this text in a name, whatever the case')
    .option('--json', 'one JSON array')
  withSettings(command).action(async (options: { name?: string; json?: boolean }) => {
    const contains = options.name
    const where =
      contains === undefined ? null : ({ kind: 'text', field: 'name', match: { contains } } as const)
    const found = await stage.inside(settingFlags(command), (door) =>
      everyRow((page) => door.findCircuits({ where, orderBy: null, page })),
    )
    const rows = found.map((circuit) => ({ ...circuit, id: printGlobalId('circuit', circuit.id) }))
    if (options.json) return stage.terminal.result(json(rows))
    stage.terminal.result(
      table(
        ['ID', 'NAMES', 'SOURCE', 'MODEL', 'NODES', 'EDGES', 'CREATED'],
        rows.map((circuit) => [
          circuit.id,
          circuit.names.join(', '),
          circuit.source,
          circuit.modelKey,
          circuit.nodeCount,
          circuit.edgeCount,
          circuit.createdAt,
        ]),
      ),
    )
  })
}
