/** Results as text: tables for people, JSON for machines. */

/** Columns aligned with two spaces between them; numbers to the right. Nothing after a row's last cell. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  const cells = rows.map((row) => row.map(cellText))
  const widths = headings.map((heading, i) => Math.max(heading.length, ...cells.map((row) => row[i]!.length)))
  const rightAligned = headings.map(
    (_, i) => rows.length > 0 && rows.every((row) => typeof row[i] !== 'string'),
  )
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (rightAligned[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd()
  return `${[headings, ...cells].map(line).join('\n')}\n`
}

/** One JSON value on indented lines. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** `1 circuit`, `2 circuits`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** Control characters of stored text must not steer the terminal. */
function cellText(value: string | number | null): string {
  return value === null ? '-' : String(value).replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd')
}
