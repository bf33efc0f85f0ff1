/** Progress on standard error: one line that overwrites itself on a terminal, a line per step elsewhere. */
import type { JobProgress } from '../domain/job.js'
import type { Terminal } from './terminal.js'

const CLEAR_LINE = '\r\u001b[K'

export interface ProgressLine {
  show(progress: JobProgress): void
  /** Takes the line away, so that what follows begins on a clean one. */
  end(): void
}

export function progressLine(terminal: Terminal, subject: string): ProgressLine {
  let shown = ''
  return {
    show(progress) {
      const line = `${subject}: ${terminal.overwrites ? progressText(progress) : progress.message}`
      if (line === shown) return
      shown = line
      terminal.message(terminal.overwrites ? `${CLEAR_LINE}${line}` : `${line}\n`)
    },
    end() {
      if (terminal.overwrites && shown !== '') terminal.message(CLEAR_LINE)
      shown = ''
    },
  }
}

/** `reading 45 % (3 of 7 MB)`, `storing 1200 edges`. */
export function progressText({ done, total, unit, message }: JobProgress): string {
  if (total === null) return `${message} ${amount(done, unit)}`
  const percent = total === 0 ? 100 : Math.floor((100 * done) / total)
  return `${message} ${percent} % (${amount(done, unit, false)} of ${amount(total, unit)})`
}

function amount(value: number, unit: string, withUnit = true): string {
  const [number, word] = unit === 'bytes' ? [Math.round(value / 1e5) / 10, 'MB'] : [value, unit]
  return withUnit ? `${number} ${word}` : String(number)
}
