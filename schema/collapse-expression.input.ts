import { Field, ID, InputType } from 'type-graphql'
import type { Grouping } from '../src/domain/graph-data.js'
import { GroupingEnum } from './grouping.enum.js'
import { LinksInput } from './links.input.js'

@InputType('CollapseExpression', {
  description:
    'Merges nodes: one edge for each pair of groups with the signed sum of the edges behind it; edges inside a group are dropped and counted. Groups that would close a cycle are refused. Sums over paths of the result are not those of the graph.',
})
export class CollapseExpressionInput {
  @Field(() => GroupingEnum, { description: 'Which nodes become one.' })
  by!: Grouping

  @Field(() => [ID], {
    nullable: true,
    description: 'With SUPERNODE: the annotations to collapse; left out: every supernode of the circuit.',
  })
  supernodes?: string[] | null

  @Field(() => LinksInput, {
    nullable: true,
    description:
      'Implied links that become edges of the result, which has none of its own; default residual, OV_ONLY.',
  })
  links?: LinksInput | null
}
