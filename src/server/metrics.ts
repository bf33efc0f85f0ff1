/** Counters of this process in Prometheus' text form. */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'

/** How often the event loop is looked at, milliseconds. */
const LOOK_EVERY_MS = 5

export class Metrics {
  readonly #counters = new Map<string, { readonly help: string; readonly values: Map<string, number> }>()
  readonly #version: string
  /** Nanoseconds from one look at the event loop to the next. */
  readonly #looks: IntervalHistogram

  constructor(version: string) {
    this.#version = version
    this.#looks = monitorEventLoopDelay({ resolution: LOOK_EVERY_MS })
    this.#looks.enable()
  }

  /** Adds to a counter; `labels` distinguish few, fixed cases. */
  add(name: string, help: string, labels: Readonly<Record<string, string | number>>, amount = 1): void {
    const counter = this.#counters.get(name) ?? { help, values: new Map<string, number>() }
    this.#counters.set(name, counter)
    const key = labelText(labels)
    counter.values.set(key, (counter.values.get(key) ?? 0) + amount)
  }

  text(): string {
    const lines = [
      '# HELP circuitql_info Version of the server.',
      '# TYPE circuitql_info gauge',
      `circuitql_info${labelText({ version: this.#version })} 1`,
      '# HELP circuitql_uptime_seconds Time since the process started.',
      '# TYPE circuitql_uptime_seconds gauge',
      `circuitql_uptime_seconds ${process.uptime()}`,
      '# HELP circuitql_memory_bytes Resident memory of the process.',
      '# TYPE circuitql_memory_bytes gauge',
      `circuitql_memory_bytes ${process.memoryUsage.rss()}`,
      '# HELP circuitql_event_loop_longest_delay_seconds Longest time since the last reading that requests had to wait for this process.',
      '# TYPE circuitql_event_loop_longest_delay_seconds gauge',
      `circuitql_event_loop_longest_delay_seconds ${this.#longestDelay()}`,
    ]
    for (const [name, { help, values }] of this.#counters) {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} counter`)
      for (const [labels, value] of values) lines.push(`${name}${labels} ${value}`)
    }
    return `${lines.join('\n')}\n`
  }

  /** Seconds; begins anew with every reading. */
  #longestDelay(): number {
    const longest = this.#looks.count === 0 ? 0 : this.#looks.max / 1e9 - LOOK_EVERY_MS / 1e3
    this.#looks.reset()
    return Math.max(0, longest)
  }
}

function labelText(labels: Readonly<Record<string, string | number>>): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) =>
      `${name}="${String(value).replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`))}"`,
  )
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}
