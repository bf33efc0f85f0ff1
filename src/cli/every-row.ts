import type { Page } from '../application/answers.js'
import type { PageRequest } from '../application/questions.js'

const PAGE = 1_000

/** All rows of a paged question, page after page. */
export async function everyRow<Row>(ask: (page: PageRequest) => Promise<Page<Row>>): Promise<Row[]> {
  const rows: Row[] = []
  let after: string | null = null
  for (;;) {
    const page: Page<Row> = await ask({ first: PAGE, after, last: null, before: null })
    rows.push(...page.rows.map(({ row }) => row))
    after = page.rows.at(-1)?.cursor ?? null
    if (!page.hasNextPage || after === null) return rows
  }
}
