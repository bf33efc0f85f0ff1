/**
 * The shape of an operation, measured before anything of it runs: depth through fragments, aliases, directives, and
 * the size of its inputs, which depth rules do not see. Walks are bounded by the document's tokens: each fragment is
 * measured once, however often it is spread.
 */
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  visit,
} from 'graphql'
import type { ApiLimits } from '../../resolvers/api-context.js'
import { LimitExceeded } from '../domain/errors.js'
import { listDepth } from './list-depth.js'

type ShapeLimits = Pick<
  ApiLimits,
  'depth' | 'listDepth' | 'aliases' | 'directives' | 'inputDepth' | 'inputNodes'
>

/** Throws LIMIT_EXCEEDED naming the limit, what it is and what was asked. The document must be valid. */
export function checkOperationLimits(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  limits: ShapeLimits,
): void {
  const shape = { depth: depthOf(document), aliases: aliasesOf(document), ...countsOf(document) }
  const values = sizeOfValue(variables)
  const within = (name: keyof ShapeLimits, asked: number, what: string): void => {
    if (asked <= limits[name]) return
    throw new LimitExceeded(`an operation has at most ${limits[name]} ${what}, this one has ${asked}`, {
      hint: 'the limits of this server stand in { meta { limits { … } } }',
      facts: { limit: limits[name], asked, kind: name },
    })
  }
  within('depth', shape.depth, 'levels of fields')
  within('listDepth', listDepth(schema, document, operation), 'lists inside each other')
  within('aliases', shape.aliases, 'aliases')
  within('directives', shape.directives, 'directives')
  within('inputDepth', Math.max(shape.inputDepth, values.depth - 1), 'levels of input values')
  within('inputNodes', shape.inputNodes + values.nodes - 1, 'input values')
}

function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  return new Map(
    document.definitions
      .filter(
        (definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION,
      )
      .map((fragment) => [fragment.name.value, fragment]),
  )
}

/** Aliases of all operations, those of a fragment as often as it is spread. */
function aliasesOf(document: DocumentNode): number {
  const fragments = fragmentsOf(document)
  const known = new Map<string, number>()
  const ofFragment = (name: string): number => {
    const before = known.get(name)
    if (before !== undefined) return before
    const fragment = fragments.get(name)
    const aliases = fragment === undefined ? 0 : ofSelections(fragment.selectionSet)
    known.set(name, aliases)
    return aliases
  }
  const ofSelections = ({ selections }: SelectionSetNode): number =>
    selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return sum + ofFragment(selection.name.value)
      const own = selection.kind === Kind.FIELD && selection.alias ? 1 : 0
      return sum + own + (selection.selectionSet ? ofSelections(selection.selectionSet) : 0)
    }, 0)
  return document.definitions.reduce(
    (sum, one) => sum + (one.kind === Kind.OPERATION_DEFINITION ? ofSelections(one.selectionSet) : 0),
    0,
  )
}

/** Deepest nesting of fields. Introspection is left to the rule of its own that graphql brings. */
function depthOf(document: DocumentNode): number {
  const fragments = fragmentsOf(document)
  const known = new Map<string, number>()
  const ofFragment = (name: string): number => {
    const before = known.get(name)
    if (before !== undefined) return before
    const fragment = fragments.get(name)
    const depth = fragment === undefined ? 0 : ofSelections(fragment.selectionSet)
    known.set(name, depth)
    return depth
  }
  const ofSelections = ({ selections }: SelectionSetNode): number => {
    let deepest = 0
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD)
        deepest = Math.max(deepest, ofFragment(selection.name.value))
      else if (selection.kind === Kind.INLINE_FRAGMENT)
        deepest = Math.max(deepest, ofSelections(selection.selectionSet))
      else if (selection.name.value.startsWith('__')) deepest = Math.max(deepest, 1)
      else
        deepest = Math.max(deepest, 1 + (selection.selectionSet ? ofSelections(selection.selectionSet) : 0))
    }
    return deepest
  }
  let deepest = 0
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION)
      deepest = Math.max(deepest, ofSelections(definition.selectionSet))
  }
  return deepest
}

function countsOf(
  document: DocumentNode,
): Omit<Record<keyof ShapeLimits, number>, 'depth' | 'listDepth' | 'aliases'> {
  const counts = { directives: 0, inputDepth: 0, inputNodes: 0 }
  let depth = 0
  const enter = (): void => {
    depth++
    counts.inputNodes++
    counts.inputDepth = Math.max(counts.inputDepth, depth)
  }
  const leave = (): void => {
    depth--
  }
  const leaf = (): void => {
    counts.inputNodes++
  }
  visit(document, {
    Directive: () => {
      counts.directives++
    },
    ObjectValue: { enter, leave },
    ListValue: { enter, leave },
    IntValue: leaf,
    FloatValue: leaf,
    StringValue: leaf,
    BooleanValue: leaf,
    EnumValue: leaf,
    NullValue: leaf,
  })
  return counts
}

/** Levels of lists and objects, and number of all values, without recursion: the value may be as deep as the body is long. */
function sizeOfValue(value: unknown): { depth: number; nodes: number } {
  let nodes = 0
  let depth = 0
  let level: unknown[] = [value]
  while (level.length > 0) {
    nodes += level.length
    const next: unknown[] = []
    for (const item of level) {
      if (item !== null && typeof item === 'object') for (const inner of Object.values(item)) next.push(inner)
    }
    if (level.some((item) => item !== null && typeof item === 'object')) depth++
    level = next
  }
  return { depth, nodes }
}
