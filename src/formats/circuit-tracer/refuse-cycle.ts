/** Effects go forward through layers and positions; a graph with a cycle has no path questions and is refused. */
import type { InvalidInput } from '../../domain/errors.js'
import { badGraph } from './bad-graph.js'
import type { LinkEnds } from './link-ends.js'

/** Takes away nodes without inputs until none is left (Kahn 1962); what stays lies on or behind a cycle. */
export function refuseCycle(
  nodeCount: number,
  { source, target }: LinkEnds,
  nameOf: (node: number) => string,
  file: string,
): void {
  const inputs = new Uint32Array(nodeCount)
  const rowStart = new Uint32Array(nodeCount + 1)
  for (let i = 0; i < source.length; i++) {
    inputs[target[i]!]!++
    rowStart[source[i]! + 1]!++
  }
  for (let v = 0; v < nodeCount; v++) rowStart[v + 1]! += rowStart[v]!
  const next = rowStart.slice(0, -1)
  const row = new Uint32Array(source.length)
  for (let i = 0; i < source.length; i++) row[next[source[i]!]!++] = target[i]!
  const free: number[] = []
  for (let v = 0; v < nodeCount; v++) if (inputs[v] === 0) free.push(v)
  for (let done = 0; done < free.length; done++) {
    const v = free[done]!
    for (let i = rowStart[v]!; i < rowStart[v + 1]!; i++) {
      if (--inputs[row[i]!]! === 0) free.push(row[i]!)
    }
  }
  if (free.length < nodeCount) throw cycleError(source, target, inputs, nameOf, file)
}

/** Walks backwards among the nodes that are left until one comes again. */
function cycleError(
  source: Uint32Array,
  target: Uint32Array,
  inputs: Uint32Array,
  nameOf: (node: number) => string,
  file: string,
): InvalidInput {
  const inputOf = new Map<number, number>()
  for (let i = 0; i < source.length; i++) if (inputs[source[i]!]! > 0) inputOf.set(target[i]!, source[i]!)
  const seen = new Set<number>()
  let at = inputs.findIndex((count) => count > 0)
  while (!seen.has(at)) {
    seen.add(at)
    at = inputOf.get(at)!
  }
  const walked = [...seen]
  const cycle = [...walked.slice(walked.indexOf(at)), at].reverse().map(nameOf)
  const shown = cycle.length > 8 ? [...cycle.slice(0, 4), '…', ...cycle.slice(-3)] : cycle
  return badGraph(file, `the links form a cycle: ${shown.join(' -> ')}`, 'links')
}
