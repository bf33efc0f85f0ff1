/** One run of a Python program: text in, text out. */
import { spawn } from 'node:child_process'
import { throwIfAborted, Unavailable } from '../domain/errors.js'

/** Standard output of a finished run. Throws UNAVAILABLE with what it said where it failed, CANCELLED after the signal. */
export function runPython(
  python: string,
  args: readonly string[],
  input: string,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(python, args, { signal, stdio: 'pipe' })
    let output = ''
    let errors = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-4_000)
    })
    // A run that ends before it has read all says why on standard error.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    child.on('error', (cause: NodeJS.ErrnoException) => {
      try {
        throwIfAborted(signal)
      } catch (cancelled) {
        return fail(cancelled)
      }
      const missing = cause.code === 'ENOENT'
      fail(
        new Unavailable(
          missing
            ? `there is no Python at ${JSON.stringify(python)}`
            : `Python at ${JSON.stringify(python)} cannot be run: ${cause.message}`,
          {
            hint: 'tokenizers are trained by a Python library: install Python 3.10 or newer, or name one with --python',
            cause,
          },
        ),
      )
    })
    child.on('close', (code) => {
      if (code === 0) return done(output)
      fail(
        new Unavailable(`${python} ${args.slice(0, 3).join(' ')} ended with ${code}: ${lastLine(errors)}`, {
          hint: 'the environment needs Python 3.10 or newer and, on first use, the Python package index',
        }),
      )
    })
  })
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? ''
}
