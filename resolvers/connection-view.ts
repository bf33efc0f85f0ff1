import type { ConnectionOf } from '../schema/connection.js'
import type { PageArgs } from '../schema/page.args.js'
import type { Page } from '../src/application/answers.js'
import { pageOf } from '../src/application/paging.js'
import type { PageRequest } from '../src/application/questions.js'
import { questionKey } from '../src/query/cursor.js'

export function pageFromArgs(args: PageArgs): PageRequest {
  return {
    first: args.first ?? null,
    after: args.after ?? null,
    last: args.last ?? null,
    before: args.before ?? null,
  }
}

export function connectionView<Row, View>(page: Page<Row>, view: (row: Row) => View): ConnectionOf<View> {
  const edges = page.rows.map(({ row, cursor }) => ({ cursor, node: view(row) }))
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: page.hasPreviousPage,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: page.totalCount,
  }
}

/** A page of a list that is at hand; `name` says which list of which thing, for its cursors. */
export function listView<Row, View>(
  rows: ArrayLike<Row>,
  args: PageArgs,
  name: readonly string[],
  view: (row: Row) => View,
): ConnectionOf<View> {
  return connectionView(pageOf(rows, pageFromArgs(args), questionKey([...name])), view)
}
