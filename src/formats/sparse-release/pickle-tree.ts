/**
 * Says no to values that are small as a pickle but endless to walk: containers inside themselves, nested too deep, or
 * shared so often that walking them as a tree would take for ever. Linear in the number of containers; gives way to
 * other work as it runs.
 */
import { setImmediate } from 'node:timers/promises'
import { InvalidInput } from '../../domain/errors.js'
import type { PickleDict, PickleList, PickleSet, PickleTuple, PickleValue } from './pickle-value.js'

type Container = PickleList | PickleTuple | PickleSet | PickleDict
interface Visit {
  readonly container: Container
  readonly parts: Iterator<PickleValue>
  /** Values below it, counted as often as they are reached. */
  size: number
}

const MAX_DEPTH = 64
const MAX_TREE = 50_000_000
const STEPS_PER_TURN = 1 << 17

export async function checkPickleTree(root: PickleValue, file: string): Promise<void> {
  const sizes = new Map<Container, number>()
  const open = new Set<Container>()
  const path: Visit[] = []
  const enter = (value: PickleValue): number => {
    if (!isContainer(value)) return 1
    const known = sizes.get(value)
    if (known !== undefined) return known
    if (open.has(value)) throw bad(file, 'holds a container inside itself')
    if (path.length >= MAX_DEPTH) throw bad(file, `nests its containers more than ${MAX_DEPTH} deep`)
    open.add(value)
    path.push({ container: value, parts: partsOf(value), size: 1 })
    return 0
  }
  enter(root)
  for (let steps = 1; path.length > 0; steps++) {
    if (steps % STEPS_PER_TURN === 0) await setImmediate()
    const visit = path.at(-1)!
    const next = visit.parts.next()
    if (!next.done) {
      visit.size += enter(next.value)
      continue
    }
    if (visit.size > MAX_TREE)
      throw bad(file, `stands for more than ${MAX_TREE} values by sharing containers`)
    path.pop()
    open.delete(visit.container)
    sizes.set(visit.container, visit.size)
    const parent = path.at(-1)
    if (parent !== undefined) parent.size += visit.size
  }
}

function isContainer(value: PickleValue): value is Container {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false
  return value.kind === 'list' || value.kind === 'tuple' || value.kind === 'set' || value.kind === 'dict'
}

function partsOf(container: Container): Iterator<PickleValue> {
  return container.kind === 'dict' ? keysAndValues(container.entries) : container.items[Symbol.iterator]()
}

function* keysAndValues(entries: ReadonlyMap<PickleValue, PickleValue>): Generator<PickleValue> {
  for (const [key, value] of entries) {
    yield key
    yield value
  }
}

function bad(file: string, what: string): InvalidInput {
  return new InvalidInput('BAD_FILE', `${file} has a pickle that ${what}`, { path: file })
}
