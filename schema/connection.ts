/**
 * Relay connections: one edge type and one connection type per kind of row. Edge types are called
 * `<Node>ConnectionEdge`, because `CircuitEdge` is a noun of ours.
 */
import { type ClassType, Field, ObjectType } from 'type-graphql'
import { PageInfoType } from './page-info.type.js'
import { SafeInt } from './safe-int.scalar.js'

export interface ConnectionOf<Row> {
  readonly edges: readonly { readonly cursor: string; readonly node: Row }[]
  readonly nodes: readonly Row[]
  readonly pageInfo: PageInfoType
  readonly totalCount: number
}

/** `what` names the rows in the plural, for the descriptions; a list too long for a SafeInt is not `counted`. */
export function connectionOf<Row extends object>(
  name: string,
  row: () => ClassType<Row>,
  what: string,
  { counted = true } = {},
): ClassType<ConnectionOf<Row>> {
  @ObjectType(`${name}ConnectionEdge`, {
    simpleResolvers: true,
    description: `A place in a list of ${what}.`,
  })
  class ConnectionEdge {
    @Field(() => String, { description: 'Opaque cursor of this place; good for the same question only.' })
    cursor!: string

    @Field(row, { description: 'The row.' })
    node!: Row
  }

  @ObjectType(`${name}Connection`, { simpleResolvers: true, description: `A page of ${what}.` })
  class Connection implements ConnectionOf<Row> {
    @Field(() => [ConnectionEdge], { description: 'Rows of this page with their cursors.' })
    edges!: ConnectionEdge[]

    @Field(() => [row()], { description: 'Rows of this page without cursors.' })
    nodes!: Row[]

    @Field(() => PageInfoType, { description: 'Where the page stands.' })
    pageInfo!: PageInfoType

    totalCount!: number
  }
  if (counted) {
    const description = `Number of ${what} in the whole list.`
    Field(() => SafeInt, { description })(Connection.prototype, 'totalCount')
  }
  return Connection
}
