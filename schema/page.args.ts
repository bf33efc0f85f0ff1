import { ArgsType, Field, Int } from 'type-graphql'

/** Arguments of every connection; checked where the page is cut. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    nullable: true,
    description: 'Rows from the start, or after `after`; default 20, at most 1,000 (more is clamped).',
  })
  first?: number | null

  @Field(() => String, { nullable: true, description: 'Cursor to continue after; goes with `first`.' })
  after?: string | null

  @Field(() => Int, {
    nullable: true,
    description: 'Rows from the end, or before `before`; at most 1,000 (more is clamped).',
  })
  last?: number | null

  @Field(() => String, { nullable: true, description: 'Cursor to stop before; goes with `last`.' })
  before?: string | null
}
