/** The tap of a run that is changed by hand: what a background replaces, then edits in their order, then records. */
import { InvalidInput } from '../domain/errors.js'
import type { Edit } from '../domain/experiment/model-run.js'
import { fillRows, type SourceTaps } from './fill-values.js'
import { type Replacing, ReplacingTap } from './replacing-tap.js'
import type { SomePositions } from './tap.js'

export interface TakenEdit {
  readonly edit: Edit
  /** Where a REPLACE takes its values from another prompt. */
  readonly source: SourceTaps
}

export class EditingTap extends ReplacingTap {
  readonly #edits = new Map<string, TakenEdit[]>()

  constructor(background: Replacing, edits: readonly TakenEdit[], record: Iterable<string>) {
    super(background, record)
    for (const taken of edits) {
      const list = this.#edits.get(taken.edit.tap)
      if (list === undefined) this.#edits.set(taken.edit.tap, [taken])
      else list.push(taken)
    }
  }

  override needsAll(name: string): boolean {
    return this.#edits.has(name) || super.needsAll(name)
  }

  override touches(name: string): boolean {
    return this.#edits.has(name) || super.touches(name)
  }

  override replaces(name: string): boolean {
    return this.#edits.has(name) || super.replaces(name)
  }

  protected override change(name: string, values: Float64Array, width: number, some?: SomePositions): void {
    super.change(name, values, width, some)
    for (const taken of this.#edits.get(name) ?? []) apply(taken, values, width)
  }
}

/** A pattern is one row whose channels are (head · T + query) · T + key. Throws BAD_INPUT for a place beyond the prompt. */
function apply({ edit, source }: TakenEdit, values: Float64Array, width: number): void {
  const { tap, channels, positions, change } = edit
  const rows = values.length / width
  const beyond = channels.find((channel) => channel >= width)
  if (beyond !== undefined)
    throw new InvalidInput('BAD_INPUT', `${tap}[${beyond}] does not exist on a prompt this short`)
  const fill = change.kind === 'REPLACE' ? fillRows(change.fill, tap, width, rows, source) : null
  const count = positions === null ? rows : positions.length
  for (let p = 0; p < count; p++) {
    const position = positions === null ? p : positions[p]!
    if (position >= rows)
      throw new InvalidInput(
        'BAD_INPUT',
        `${tap} has no position ${position}: the prompt has ${rows} token${rows === 1 ? '' : 's'}`,
      )
    for (const channel of channels) {
      const at = position * width + channel
      const before = values[at]!
      switch (change.kind) {
        case 'SET':
          values[at] = change.value
          break
        case 'ADD':
          values[at] = before + change.value
          break
        case 'SCALE':
          values[at] = before * change.value
          break
        case 'CLAMP':
          values[at] = Math.min(change.most, Math.max(change.least, before))
          break
        case 'REPLACE':
          values[at] =
            fill!.values === null ? fill!.constant : fill!.values[position * fill!.rowLength + channel]!
          break
        default:
          change satisfies never
      }
    }
  }
}
