/**
 * README's questions are asked and their answers compared; its commands are run. `UPDATE_README=1` writes the answers
 * and the generated tables anew.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TrainingPlan } from '../../src/domain/training/training-plan.js'
import { SETTINGS } from '../../src/settings.js'
import { importTableMarkdown } from '../support/architecture.js'
import { openHouse, type TestHouse } from '../support/house.js'

const ROOT = join(__dirname, '../..')
const README = join(ROOT, 'README.md')
const QUESTION = /```graphql\n([\s\S]*?)```\n\n```json\n([\s\S]*?)```/g
const updating = process.env['UPDATE_README'] === '1'
const readme = (): string => readFileSync(README, 'utf8')

function settingsTable(): string {
  const rows = SETTINGS.map(({ name, help }) => {
    const [, meaning, fallback] = /^(.*) \((.*)\)$/.exec(help) ?? [null, help, '']
    return `| \`${name}\` | ${fallback} | ${meaning} |`
  })
  return rows.join('\n').replaceAll('|…', '\\|…')
}

describe('README', () => {
  let house: TestHouse
  beforeAll(async () => {
    house = await openHouse({}, true)
    if (!updating) return
    const answered: string[] = []
    for (const [, query] of readme().matchAll(QUESTION))
      answered.push(JSON.stringify(await house.ask(query!), null, 2))
    const text = readme()
      .replace(
        QUESTION,
        (_, query: string) => `\`\`\`graphql\n${query}\`\`\`\n\n\`\`\`json\n${answered.shift()}\n\`\`\``,
      )
      .replace('SETTINGS_TABLE', settingsTable())
      .replace('IMPORT_TABLE', importTableMarkdown())
    writeFileSync(README, text)
  }, 60_000)
  afterAll(() => house.close())

  const questions = [...readme().matchAll(QUESTION)]

  it('holds the questions of the tour', () => expect(questions.length).toBeGreaterThanOrEqual(4))

  it.each(questions.map(([, query]) => [/query (\w+)/.exec(query!)![1]!, query!] as const))(
    'shows the answer that the server gives to %s',
    async (name) => {
      const [, query, answer] = [...readme().matchAll(QUESTION)].find(([, text]) =>
        text!.includes(`query ${name} `),
      )!
      expect(JSON.parse(JSON.stringify(await house.ask(query!)))).toEqual(JSON.parse(answer!))
    },
  )

  it('lists every setting', () => expect(readme()).toContain(settingsTable()))

  it('has commands that work', () => {
    const built = join(ROOT, 'dist/src/cli/main.js')
    if (!existsSync(built)) throw new Error('the commands of README run on the build: npm run build')
    const folder = mkdtempSync(join(tmpdir(), 'circuitql-readme-'))
    const environment = { ...process.env, CIRCUITQL_STORE: `embedded:${folder}/data` }
    const commands = [...readme().matchAll(/^npx (circuitql [^#\n]+)/gm)].map(([, command]) =>
      command!.trim(),
    )
    expect(commands.length).toBeGreaterThanOrEqual(4)
    const run = (args: readonly string[]): string =>
      execFileSync(process.execPath, [built, ...args], {
        cwd: ROOT,
        env: environment,
        stdio: 'pipe',
        encoding: 'utf8',
      })
    // The plan of the command, for a few steps: a whole run takes minutes.
    const shortened = (args: readonly string[]): readonly string[] => {
      const plan = JSON.parse(run([...args, '--print-plan'])) as TrainingPlan
      const file = join(folder, 'plan.json')
      writeFileSync(file, JSON.stringify({ ...plan, batch: { ...plan.batch, steps: 10 } }))
      return ['train', '--plan', file, '--backend', 'wasm', ...args.slice(args.indexOf('--output'))]
    }
    try {
      for (const command of commands) {
        const args = command
          .replace('graph-again.json', join(folder, 'graph-again.json'))
          .replace('my-model', join(folder, 'my-model'))
          .split(' ')
          .slice(1)
        run(args[0] === 'train' ? shortened(args) : args)
      }
      const again = JSON.parse(readFileSync(join(folder, 'graph-again.json'), 'utf8')) as unknown
      expect(again).toEqual(
        JSON.parse(readFileSync(join(ROOT, 'zoo/attribution-example/graph.json'), 'utf8')),
      )
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }, 120_000)
})
