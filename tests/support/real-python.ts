/** A real Python, for tests that ask it whether programs are programs. */
import { spawnSync } from 'node:child_process'

export const hasPython = spawnSync('python3', ['--version']).status === 0

const CHECK = `
import json, sys
wrong = []
for program in json.load(sys.stdin):
    try:
        compile(program, "program", "exec")
    except SyntaxError as error:
        wrong.append([program, str(error)])
print(json.dumps(wrong))
`

/** Programs that Python does not take, with what it says. */
export function syntaxErrors(programs: readonly string[]): readonly (readonly [string, string])[] {
  const { stdout } = spawnSync('python3', ['-W', 'ignore', '-c', CHECK], {
    input: JSON.stringify(programs),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  return JSON.parse(stdout)
}
