import { Field, ObjectType } from 'type-graphql'

@ObjectType('PageInfo', { simpleResolvers: true, description: 'Where a page stands in its list (Relay).' })
export class PageInfoType {
  @Field(() => Boolean, {
    description:
      'Are there rows after this page? Also true when `first` was above the ceiling and was clamped.',
  })
  hasNextPage!: boolean

  @Field(() => Boolean, { description: 'Are there rows before this page?' })
  hasPreviousPage!: boolean

  @Field(() => String, { nullable: true, description: 'Cursor of the first row; null on an empty page.' })
  startCursor!: string | null

  @Field(() => String, { nullable: true, description: 'Cursor of the last row; null on an empty page.' })
  endCursor!: string | null
}
