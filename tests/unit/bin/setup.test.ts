import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROJECT_ROOT } from '../../support/project-files.js'

/** Runs a script of a project folder and gives back what it said. */
function node(folder: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, NODE_OPTIONS: '' }
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env })
  return { status, stdout, stderr }
}

describe('the set-up', () => {
  it.each([
    ['16.20.2', false],
    ['18.20.4', false],
    ['20.18.3', false],
    ['20.19.0', true],
    ['20.20.2', true],
    ['22.0.0', true],
    ['24.1.0', true],
  ])('with Node %s goes on: %s', (version, goesOn) => {
    const script = `import { orExplain, requireNode } from './bin/setup.mjs'; await orExplain(() => requireNode('${version}'))`
    const { status, stderr } = node(PROJECT_ROOT, '--input-type=module', '-e', script)
    expect(status).toBe(goesOn ? 0 : 1)
    expect(stderr).toBe(goesOn ? '' : `CircuitQL needs Node 20.19 or newer, this is Node ${version}.\n`)
  })

  describe('in a project of one file', () => {
    let folder: string
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'circuitql-setup-'))
      for (const room of ['src/cli', 'schema', 'resolvers'])
        mkdirSync(join(folder, room), { recursive: true })
      for (const name of [
        'bin',
        'package.json',
        'package-lock.json',
        'tsconfig.json',
        'tsconfig.build.json',
      ]) {
        cpSync(join(PROJECT_ROOT, name), join(folder, name), { recursive: true })
      }
      symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(folder, 'node_modules'))
      write("console.log('one', process.argv.slice(2).join(' '))")
    })
    afterEach(() => rmSync(folder, { recursive: true }))
    const write = (text: string): void =>
      writeFileSync(join(folder, 'src/cli/main.ts'), `${text}\nexport {}\n`)

    it('builds once, says so on standard error, and builds again when a source has changed', () => {
      const first = node(folder, 'bin/circuitql.mjs', 'a', 'b')
      expect(first).toEqual({ status: 0, stdout: 'one a b\n', stderr: 'Building …\n' })
      expect(node(folder, 'bin/circuitql.mjs')).toEqual({ status: 0, stdout: 'one \n', stderr: '' })
      write("console.log('two')\nprocess.exitCode = 7")
      expect(node(folder, 'bin/circuitql.mjs')).toEqual({
        status: 7,
        stdout: 'two\n',
        stderr: 'Building …\n',
      })
    })

    it('tells what is wrong with a source, keeps standard output free, and tries again next time', () => {
      write('const n: number = "text"\nconsole.log(n)')
      for (let time = 0; time < 2; time++) {
        const { status, stdout, stderr } = node(folder, 'bin/circuitql.mjs')
        expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
        expect(stderr).toContain('src/cli/main.ts')
        expect(stderr).toContain('CircuitQL could not be built')
      }
    })
  })
})
