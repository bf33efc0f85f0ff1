/** Columns as the schema spells them: each is told as the text that it is kept as, and only where it is asked for. */
import type { GraphQLResolveInfo } from 'graphql'
import type { ColumnName, GraphColumns } from '../src/application/answers.js'
import type { ApiContext } from './api-context.js'

export function graphColumnsView({ text, ...answer }: GraphColumns) {
  const column =
    (name: ColumnName) =>
    async (_args: unknown, { written }: ApiContext, { path }: GraphQLResolveInfo) => {
      const known = await text(name)
      return known === null ? null : written.list(path, known)
    }
  return {
    ...answer,
    __typename: 'GraphColumns' as const,
    nodeAddress: column('nodeAddress'),
    source: column('source'),
    target: column('target'),
    kind: column('kind'),
    port: column('port'),
    weight: column('weight'),
    absWeight: column('absWeight'),
    edgeCounts: column('edgeCounts'),
  }
}
