/** Inputs that say which nodes of a graph a question means, with the nodes that names and expressions stand for. */
import type { NodeSelectorInput, PathEndInput } from '../schema/graph-expression.input.js'
import type { PathEnd } from '../src/application/questions.js'
import type { OpenGraph } from '../src/application/use-cases.js'
import type { NodeSelector } from '../src/query/graph-expression.js'
import type { ApiContext } from './api-context.js'
import { attachedEndOf } from './attached-end.js'
import { selectorInExpression } from './expression-from-input.js'

export async function selectorFromInput(
  input: NodeSelectorInput,
  open: OpenGraph,
  context: ApiContext,
  path: string,
): Promise<NodeSelector> {
  const selector = await selectorInExpression(input, open, context, path)
  if (selector.kind !== 'expression') return selector
  const { useCases, asking } = context
  const members = await useCases.nodesOf(open, selector.expression, asking, `${path}.expression`)
  return { ...selector, members }
}

/** Ends that a weight graph does not hold itself are attached to it; see `PathEnd` in the schema. */
export async function pathEndFromInput(
  input: PathEndInput | null | undefined,
  open: OpenGraph,
  context: ApiContext,
  path: string,
): Promise<PathEnd | null> {
  if (input == null) return null
  return (
    attachedEndOf(input, open, path) ?? {
      kind: 'nodes',
      nodes: await selectorFromInput(input, open, context, path),
    }
  )
}
