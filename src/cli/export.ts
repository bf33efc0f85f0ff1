import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Command } from 'commander'
import type { UseCases } from '../application/use-cases.js'
import { throwIfAborted } from '../domain/errors.js'
import { circuitNamed } from './reference.js'
import { type Stage, settingFlags, withSettings } from './stage.js'

export type ExportDoor = Pick<UseCases, 'resolveCircuit' | 'exportCircuit'>

/** `circuitql export ID|NAME`: the circuit in the format it came in, or in our own. */
export function addExport(program: Command, stage: Stage<ExportDoor>): void {
  const command = program
    .command('export')
    .description('write a circuit in the format it came in')
    .argument('<ID|NAME>', 'an id, a unique prefix of eight digits or more, or a name')
    .option('--output <FILE>', 'a file, or a folder to put it in under its own name (standard output)')
  withSettings(command).action(async (text: string, options: { output?: string }) => {
    await stage.inside(settingFlags(command), async (door) => {
      const circuit = await circuitNamed(text, door)
      const { fileName, content } = await door.exportCircuit(circuit.id)
      if (options.output === undefined) {
        for await (const chunk of content) {
          throwIfAborted(stage.signal)
          await stage.terminal.resultBytes(chunk)
        }
        return
      }
      const path = (await isFolder(options.output)) ? join(options.output, fileName) : options.output
      await writeWhole(path, content, stage.signal)
      stage.terminal.message(`wrote ${path}\n`)
    })
  })
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false
}

/** The file appears under its name when it is whole, or not at all. */
async function writeWhole(
  path: string,
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  const partial = `${path}.${process.pid}.partial`
  try {
    await pipeline(content, createWriteStream(partial), { signal })
    await rename(partial, path)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}
