/**
 * What an operation may cost, told before it runs: every object is 1, every scalar 0, and lists multiply by the rows
 * they can hold (`first` or `last`, default 20). Fragments are followed; one that is spread often is added up once.
 */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql'
import { DEFAULT_PAGE, MAX_PAGE } from '../application/paging.js'
import { LimitExceeded } from '../domain/errors.js'

type Variables = Readonly<Record<string, unknown>>

/** Points of the operation; the document must be valid. */
export function estimateCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): number {
  const root = schema.getRootType(operation.operation)
  return root == null
    ? 0
    : new CostWalk(schema, document, operation, variables).selections(operation.selectionSet, root, null)
}

/** Throws COST_EXCEEDED with cost, limit and a hint. */
export function checkCost(cost: number, limit: number): void {
  if (cost <= limit) return
  const shown = Number.isSafeInteger(cost) ? cost : cost.toPrecision(3)
  throw new LimitExceeded(
    `this operation may return ${shown} objects, the limit is ${limit}`,
    {
      hint: 'ask for smaller pages (first), fewer nested lists, or columns instead of nodes and edges',
      facts: { cost: Number.isFinite(cost) ? cost : String(cost), limit },
    },
    'COST_EXCEEDED',
  )
}

/** Objects in a result, without recursion; lists of numbers and texts are passed over. */
export function actualCost(data: unknown): number {
  let cost = 0
  const open: unknown[] = [data]
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (value === null || typeof value !== 'object') continue
    if (Array.isArray(value)) {
      for (const item of value) if (item !== null && typeof item === 'object') open.push(item)
      continue
    }
    cost++
    for (const member of Object.values(value))
      if (member !== null && typeof member === 'object') open.push(member)
  }
  // The result itself is no object of anybody's.
  return data == null ? 0 : cost - 1
}

class CostWalk {
  readonly #schema: GraphQLSchema
  readonly #fragments = new Map<string, FragmentDefinitionNode>()
  readonly #variables: Variables
  readonly #known = new Map<string, number>()

  constructor(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Variables,
  ) {
    this.#schema = schema
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition)
    }
    const defaults = (operation.variableDefinitions ?? []).map(
      ({ variable, defaultValue }) => [variable.name.value, plainNumberOrLength(defaultValue)] as const,
    )
    this.#variables = { ...Object.fromEntries(defaults), ...variables }
  }

  /** `page`: rows asked for by a field above whose connection is still to come; null where none was. */
  selections({ selections }: SelectionSetNode, parent: GraphQLNamedType, page: number | null): number {
    let cost = 0
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) cost += this.#field(selection, parent, page)
      else if (selection.kind === Kind.FRAGMENT_SPREAD) cost += this.#fragment(selection.name.value, page)
      else {
        const type = selection.typeCondition
          ? this.#schema.getType(selection.typeCondition.name.value)
          : parent
        cost += this.selections(selection.selectionSet, type ?? parent, page)
      }
    }
    return cost
  }

  #fragment(name: string, page: number | null): number {
    const key = `${name}/${page}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const fragment = this.#fragments.get(name)
    const type = fragment && this.#schema.getType(fragment.typeCondition.name.value)
    const cost = fragment && type ? this.selections(fragment.selectionSet, type, page) : 0
    this.#known.set(key, cost)
    return cost
  }

  #field(node: FieldNode, parent: GraphQLNamedType, page: number | null): number {
    const name = node.name.value
    // Introspection has a bound of its own and answers from memory.
    if (name === '__schema' || name === '__type') return 1
    if (!isObjectType(parent) && !isInterfaceType(parent)) return 0
    const field = (parent as GraphQLObjectType).getFields()[name]
    const type = field && getNamedType(field.type)
    if (!field || !isCompositeType(type) || !node.selectionSet) return 0
    if (isListType(getNullableType(field.type))) {
      const rows = this.#idsGiven(node) ?? (parent.name.endsWith('Connection') ? page : null) ?? DEFAULT_PAGE
      return rows * (1 + this.selections(node.selectionSet, type, null))
    }
    return 1 + this.selections(node.selectionSet, type, this.#rowsAsked(node, field, type) ?? page)
  }

  /** Rows of a paged field; null where the field has no pages. A page is never longer than its ceiling. */
  #rowsAsked(node: FieldNode, field: GraphQLField<unknown, unknown>, type: GraphQLNamedType): number | null {
    if (!field.args.some(({ name }) => name === 'first')) return null
    const asked = this.#argument(node, 'first') ?? this.#argument(node, 'last') ?? DEFAULT_PAGE
    const rows = Math.max(0, asked)
    return type.name.endsWith('Connection') ? Math.min(rows, MAX_PAGE) : rows
  }

  #idsGiven(node: FieldNode): number | null {
    return this.#argument(node, 'ids')
  }

  /** An argument that is a number, or the length of one that is a list; null where it is neither. */
  #argument(node: FieldNode, name: string): number | null {
    const value = node.arguments?.find((argument) => argument.name.value === name)?.value
    if (value?.kind !== Kind.VARIABLE) return plainNumberOrLength(value)
    const given = this.#variables[value.name.value]
    return Array.isArray(given) ? given.length : typeof given === 'number' ? given : null
  }
}

function plainNumberOrLength(value: ValueNode | undefined): number | null {
  if (value?.kind === Kind.INT) return Number(value.value)
  return value?.kind === Kind.LIST ? value.values.length : null
}
