/** All commands, the messages of wrong usage, and the exit status: 0 done, 2 wrong usage or setting, 1 anything else. */
import { Command, CommanderError } from 'commander'
import type { TokenizerTrainer } from '../application/ports/tokenizer-trainer.js'
import type { UseCases } from '../application/use-cases.js'
import { CircuitQLError } from '../domain/errors.js'
import { addCircuits } from './circuits.js'
import { addDelete, type DeleteDoor } from './delete.js'
import { addExport, type ExportDoor } from './export.js'
import { addExtract, type ExtractDoor } from './extract.js'
import { addImport, type ImportDoor } from './import.js'
import { addMigrate, type MigrateDoor } from './migrate.js'
import { addModels } from './models.js'
import { addNative } from './native.js'
import { addQuery, type QueryDoor } from './query.js'
import { addServe, type RunServer } from './serve.js'
import type { Stage } from './stage.js'
import { addTasks } from './tasks.js'
import { addTokenizer } from './tokenizer.js'
import { addTrain, type TrainDoor } from './train.js'

/** Every door that some command needs. */
export type CommandDoors = Pick<UseCases, 'findCircuits' | 'findModels' | 'tasks'> &
  DeleteDoor &
  ExportDoor &
  ExtractDoor &
  ImportDoor &
  MigrateDoor &
  QueryDoor &
  TokenizerTrainer &
  TrainDoor

/** Runs one command line (without node and script) and gives back the exit status. */
export async function runProgram(
  args: readonly string[],
  stage: Stage<CommandDoors>,
  runServer: RunServer,
  version: string,
): Promise<number> {
  let status = 0
  const setStatus = (value: number): void => {
    status = value
  }
  const program = new Command('circuitql')
    .description('The database of circuits: import them, ask them, serve them.')
    .version(version)
    .showHelpAfterError('(circuitql --help shows how)')
    .configureOutput({ writeOut: stage.terminal.result, writeErr: stage.terminal.message })
    .exitOverride()
  addServe(program, runServer, setStatus)
  addImport(program, stage, setStatus)
  addExport(program, stage)
  addQuery(program, stage, setStatus)
  addCircuits(program, stage)
  addModels(program, stage)
  addTasks(program, stage)
  addTokenizer(program, stage)
  addDelete(program, stage)
  addTrain(program, stage)
  addExtract(program, stage, setStatus)
  addNative(program, setStatus)
  addMigrate(program, stage)
  try {
    await program.parseAsync(args, { from: 'user' })
    return status
  } catch (error) {
    return explain(error, stage)
  }
}

function explain(error: unknown, { terminal, signal }: Stage<CommandDoors>): number {
  // Commander has written its message already; help and version end with 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (!(error instanceof CircuitQLError)) {
    if (!signal.aborted) throw error
    terminal.message('circuitql: cancelled\n')
    return 1
  }
  terminal.message(`circuitql: ${error.message}\n`)
  if (error.hint !== null) terminal.message(`  ${error.hint}\n`)
  return error.code === 'BAD_SETTING' ? 2 : 1
}
