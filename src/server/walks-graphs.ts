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
/** Fields that run a model where there is one, and else are arithmetic on the graph. */
export const BEHAVIOUR_FIELDS: ReadonlySet<string> = new Set([
  'ablate',
  'attribute',
  'check',
  'faithfulness',
  'run',
])
/** Fields that always run a model, or tell of work that does. */
export const MAIN_FIELDS: ReadonlySet<string> = new Set(['activations', 'evaluate', 'job', 'jobs'])

/** Which thread answers an operation. LARGE_ESTIMATES: one for graphs, where it comes upon a large one without a model. */
export type AnsweringThread = 'MAIN' | 'GRAPH' | 'LARGE_ESTIMATES'

/** `document` is valid. */
export function threadOf(document: DocumentNode, operationName: string | null): AnsweringThread {
  const operation = document.definitions.find(
    (one) =>
      one.kind === Kind.OPERATION_DEFINITION && (operationName === null || one.name?.value === operationName),
  )
  if (operation?.kind !== Kind.OPERATION_DEFINITION || operation.operation !== 'query') return 'MAIN'
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
  const isAmong = (fields: ReadonlySet<string>): boolean => [...names].some((name) => fields.has(name))
  if (isAmong(MAIN_FIELDS)) return 'MAIN'
  if (isAmong(BEHAVIOUR_FIELDS)) return 'LARGE_ESTIMATES'
  return isAmong(WALKING_FIELDS) ? 'GRAPH' : 'MAIN'
}
