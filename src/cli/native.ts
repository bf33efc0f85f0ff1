import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { projectFolder } from './project-folder.js'

/** `circuitql native`: builds TensorFlow for training; its exit status becomes ours through `setStatus`. */
export function addNative(program: Command, setStatus: (status: number) => void): void {
  program
    .command('native')
    .description(
      'build TensorFlow for training from public packages (npm and PyPI), about 700 MB; once is enough',
    )
    .option('--folder <DIR>', 'where to; another place is named to train with --tfjs-node (.cache/native)')
    .action(async ({ folder }: { folder?: string }) => {
      setStatus(await runScript(folder === undefined ? [] : [resolve(folder)]))
    })
}

function runScript(args: readonly string[]): Promise<number> {
  const script = fileURLToPath(new URL('bin/native-tensorflow.mjs', projectFolder()))
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: 'inherit' })
    child.once('error', fail)
    child.once('exit', (status) => done(status ?? 1))
  })
}
