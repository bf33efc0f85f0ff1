/** The printed schema is the contract with every client: a change of it is seen in this diff, never by accident. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  buildSchema,
  type GraphQLNamedType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  validateSchema,
} from 'graphql'
import { ONE_OF_INPUTS } from '../../schema/one-of-inputs.js'
import { buildApiSchema, printApiSchema } from '../../src/server/api-schema.js'

const FILE = join(__dirname, '../../schema/schema.graphql')
const schema = buildApiSchema()
const printed = printApiSchema(schema)
const rebuilt = buildSchema(printed)
const own = Object.values(rebuilt.getTypeMap()).filter(
  (type) => !type.name.startsWith('__') && !(isScalarType(type) && isSpecifiedScalarType(type)),
)

describe('the schema', () => {
  it('is the one that is committed (UPDATE_SCHEMA=1 writes it)', () => {
    if (process.env['UPDATE_SCHEMA'] === '1') writeFileSync(FILE, printed)
    expect(printed).toBe(readFileSync(FILE, 'utf8'))
  })

  it('rebuilds from its printed text and is valid there, @oneOf included', () => {
    expect(validateSchema(rebuilt)).toEqual([])
    const oneOf = own.filter((type) => isInputObjectType(type) && type.isOneOf).map((type) => type.name)
    expect(oneOf.sort()).toEqual([...ONE_OF_INPUTS].sort())
  })

  it('prints the same text when it is built twice', () => {
    expect(printApiSchema(buildApiSchema())).toBe(printed)
  })

  it('describes every type, field, argument and enum value', () => {
    expect(own.flatMap(undescribed)).toEqual([])
  })

  it('names connection edges after their node and pages every connection', () => {
    for (const type of own) {
      if (!isObjectType(type) || !type.name.endsWith('Connection')) continue
      const edge = getNamedType(type.getFields()['edges']!.type)
      expect(edge.name).toBe(`${type.name}Edge`)
      expect(Object.keys(type.getFields())).toEqual(expect.arrayContaining(['edges', 'nodes', 'pageInfo']))
    }
  })

  it('gives every question a union of its answer and Problem', () => {
    const graph = rebuilt.getType('CircuitGraph')
    if (!isInterfaceType(graph)) throw new Error('CircuitGraph is an interface')
    for (const name of ['columns', 'paths', 'flow', 'influence', 'run', 'ablate', 'attribute']) {
      const result = getNamedType(graph.getFields()[name]!.type)
      expect(result.name).toMatch(/Result$/)
      expect(rebuilt.getPossibleTypes(result as never).map((type) => type.name)).toContain('Problem')
    }
    expect(
      rebuilt
        .getPossibleTypes(graph)
        .map((type) => type.name)
        .sort(),
    ).toEqual(['Circuit', 'SparseModel', 'Subcircuit'])
  })
})

function undescribed(type: GraphQLNamedType): string[] {
  const missing = type.description ? [] : [type.name]
  if (['Query', 'Mutation', 'Subscription'].includes(type.name)) missing.pop()
  if (isEnumType(type)) {
    for (const value of type.getValues()) if (!value.description) missing.push(`${type.name}.${value.name}`)
  } else if (isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) {
      if (!field.description) missing.push(`${type.name}.${field.name}`)
    }
  } else if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      if (!field.description) missing.push(`${type.name}.${field.name}`)
      for (const arg of field.args) {
        if (!arg.description) missing.push(`${type.name}.${field.name}(${arg.name})`)
      }
    }
  }
  return missing
}
