import { progressLine, progressText } from '../../../src/cli/progress-line.js'
import { listeningTerminal } from './listening-terminal.js'

const reading = (done: number): Parameters<typeof progressText>[0] => ({
  done,
  total: 7_000_000,
  unit: 'bytes',
  message: 'reading',
})

describe('progress', () => {
  it('is told in megabytes and percent', () => {
    expect(progressText(reading(3_150_000))).toBe('reading 45 % (3.2 of 7 MB)')
    expect(progressText({ done: 12, total: null, unit: 'edges', message: 'storing' })).toBe(
      'storing 12 edges',
    )
    expect(progressText({ done: 0, total: 0, unit: 'edges', message: 'storing' })).toBe(
      'storing 100 % (0 of 0 edges)',
    )
  })

  it('overwrites its line on a terminal and takes it away at the end', () => {
    const { terminal, messages } = listeningTerminal({ overwrites: true })
    const line = progressLine(terminal, 'x.json')
    line.show(reading(0))
    line.show(reading(0))
    line.end()
    expect(messages()).toBe('\r\u001b[Kx.json: reading 0 % (0 of 7 MB)\r\u001b[K')
  })

  it('is one line per step in a log', () => {
    const { terminal, messages } = listeningTerminal({ overwrites: false })
    const line = progressLine(terminal, 'x.json')
    for (const done of [0, 1_000_000, 7_000_000]) line.show(reading(done))
    line.end()
    expect(messages()).toBe('x.json: reading\n')
  })
})
