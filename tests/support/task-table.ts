/** The tables of docs/tasks.md, from the tasks themselves. */
import { drawnPairs, type PairedTask } from '../../src/model/tasks/paired-task.js'

export function taskTable(tasks: readonly PairedTask[]): string {
  const rows = tasks.map((task) => {
    const { name, version, description, answers, aligned, roles } = task
    const parts = Object.entries(roles).map(([role, what]) => `\`${role}\`: ${what.replace(/\.$/, '')}`)
    const [first, second] = shortest(task)
    return `| \`${name}@${version}\` | ${description} | ${code(first)}<br>${code(second)} | ${answers.map(code).join(' ')} | ${aligned ? 'yes' : 'no'} | ${parts.join('; ')} |`
  })
  return [
    '| task | what is asked | a pair | answers | aligned | roles |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}

/** The pair with the least text, as a reader sees it quickest. */
function shortest(task: PairedTask): readonly [string, string] {
  const [pair] = drawnPairs(task).toSorted((a, b) => lengthOf(a.variants) - lengthOf(b.variants))
  const [first, second] = pair!.variants
  return [first.prompt, second.prompt]
}

function lengthOf(variants: readonly { readonly prompt: string }[]): number {
  return variants.reduce((sum, { prompt }) => sum + prompt.length, 0)
}

/** Line ends as `\n`, blanks at either end as ␣, names that are drawn without their marks; a bar would end the cell. */
function code(text: string): string {
  const shown = text
    .replaceAll('\n', '\\n')
    .replace(/^ +| +$/g, (blanks) => '␣'.repeat(blanks.length))
    .replaceAll('|', '\\|')
    .replaceAll(/[‹›]/g, '')
  return `\`${shown}\``
}

/** Tables are the same however wide their cells are set. */
export function narrow(table: string): string {
  return table.replaceAll(/ +/g, ' ').replaceAll(/-+/g, '-')
}
