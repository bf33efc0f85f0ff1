/**
 * Which operations are answered in threads of their own: queries that read or walk whole graphs. Those that run a model
 * wait for the engine's threads anyway, and jobs live in the main thread.
 */
import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql'

/** Fields whose answer takes a whole graph. */
export const WALKING_FIELDS: ReadonlySet<string> = new Set([
  'bottlenecks',
  'capabilities',
  'columns',
  'edges',
  'flow',
  'influence',
  'match',
  'node',
  'nodes',
  'parsePathPattern',
  'paths',
  'select',
  'summary',
])
/** Fields that run a model, or tell of work that does. */
export const MAIN_FIELDS: ReadonlySet<string> = new Set([
  'ablate',
  'activations',
  'attribute',
  'check',
  'evaluate',
  'faithfulness',
  'job',
  'jobs',
  'run',
])

/** True when some field walks a graph and none belongs to the main thread. `document` is valid. */
export function walksGraphs(document: DocumentNode, operationName: string | null): boolean {
  const operation = document.definitions.find(
    (one) =>
      one.kind === Kind.OPERATION_DEFINITION && (operationName === null || one.name?.value === operationName),
  )
  if (operation?.kind !== Kind.OPERATION_DEFINITION || operation.operation !== 'query') return false
  const names = new Set<string>()
  const fragments = new Map(
    document.definitions
      .filter((one): one is FragmentDefinitionNode => one.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  )
  const seen = new Set<string>()
  const collect = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const { value } = selection.name
        if (seen.has(value)) continue
        seen.add(value)
        const fragment = fragments.get(value)
        if (fragment !== undefined) collect(fragment.selectionSet)
        continue
      }
      if (selection.kind === Kind.FIELD) names.add(selection.name.value)
      if (selection.selectionSet !== undefined) collect(selection.selectionSet)
    }
  }
  collect(operation.selectionSet)
  return (
    [...names].some((name) => WALKING_FIELDS.has(name)) && ![...names].some((name) => MAIN_FIELDS.has(name))
  )
}
