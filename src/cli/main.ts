/** The entry of the command line: joins the commands with this process and the composed house. */
import 'reflect-metadata'
import { readFileSync } from 'node:fs'
import { type SettingFlags, settingsFrom } from '../settings.js'
import { type CommandDoors, runProgram } from './program.js'
import { projectFolder } from './project-folder.js'
import { runServer } from './run-server.js'
import type { Stage } from './stage.js'
import { processTerminal } from './terminal.js'

const abort = new AbortController()
// A second Ctrl-C, or one while nothing listens, ends the process at once.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort())

const stage: Stage<CommandDoors> = {
  terminal: processTerminal(process),
  signal: abort.signal,
  inside: async <T>(flags: SettingFlags, work: (door: CommandDoors) => Promise<T>): Promise<T> => {
    // Loaded when a command needs it: help and questions to a running server do without stores and engine.
    const { compose } = await import('../compose.js')
    const house = await compose(settingsFrom(process.env, flags))
    try {
      return await work(house)
    } finally {
      await house.close()
    }
  },
}

const { version } = JSON.parse(readFileSync(new URL('package.json', projectFolder()), 'utf8')) as {
  version: string
}

runProgram(process.argv.slice(2), stage, runServer, version).then(
  (status) => {
    process.exitCode = status
  },
  (error: unknown) => {
    // Anything outside the family of errors is a bug of ours: the whole trace helps to mend it.
    console.error(error)
    process.exitCode = 1
  },
)
