/**
 * How deep lists of objects stand in each other, through fragments: what turns a short question over graphs that lead
 * back to themselves (nodes, their edges, the nodes of these) into a long answer.
 */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
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
} from 'graphql'

/** Of the operation; the document must be valid. Introspection has a bound of its own. Each fragment is measured once. */
export function listDepth(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): number {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  const known = new Map<string, number>()

  const ofFragment = (name: string): number => {
    const before = known.get(name)
    if (before !== undefined) return before
    const fragment = fragments.get(name)
    const type = fragment && schema.getType(fragment.typeCondition.name.value)
    const depth = fragment && type ? ofSelections(fragment.selectionSet, type) : 0
    known.set(name, depth)
    return depth
  }
  const ofField = (field: FieldNode, parent: GraphQLNamedType): number => {
    if (!field.selectionSet || (!isObjectType(parent) && !isInterfaceType(parent))) return 0
    const found = parent.getFields()[field.name.value]?.type
    const type = found && getNamedType(found)
    if (!found || !isCompositeType(type)) return 0
    return Number(isListType(getNullableType(found))) + ofSelections(field.selectionSet, type)
  }
  const ofSelections = ({ selections }: SelectionSetNode, parent: GraphQLNamedType): number => {
    let deepest = 0
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) deepest = Math.max(deepest, ofField(selection, parent))
      else if (selection.kind === Kind.FRAGMENT_SPREAD)
        deepest = Math.max(deepest, ofFragment(selection.name.value))
      else {
        const name = selection.typeCondition?.name.value
        const type = (name === undefined ? undefined : schema.getType(name)) ?? parent
        deepest = Math.max(deepest, ofSelections(selection.selectionSet, type))
      }
    }
    return deepest
  }
  const root = schema.getRootType(operation.operation)
  return root ? ofSelections(operation.selectionSet, root) : 0
}
