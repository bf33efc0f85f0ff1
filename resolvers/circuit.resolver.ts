import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql'
import { AnnotationConnection } from '../schema/annotation.type.js'
import { CircuitType } from '../schema/circuit.type.js'
import { ImportRecordConnection } from '../schema/import-record.type.js'
import { PageArgs } from '../schema/page.args.js'
import { PromptType, TaskReferenceType } from '../schema/prompt.type.js'
import { ScoreSetType } from '../schema/score-set.type.js'
import type { ApiContext } from './api-context.js'
import { listView } from './connection-view.js'
import { type CircuitView, openView } from './graph-view.js'
import { annotationView, importView } from './record-view.js'

@Resolver(() => CircuitType)
export class CircuitResolver {
  @FieldResolver(() => PromptType, {
    nullable: true,
    description: 'The prompt it speaks about; null where none.',
  })
  async prompt(@Root() circuit: CircuitView, @Ctx() context: ApiContext): Promise<PromptType | null> {
    const { prompt } = (await openView(circuit, context)).graph
    if (prompt === null) return null
    return { text: prompt.text, tokens: prompt.tokens.map((token, position) => ({ position, ...token })) }
  }

  @FieldResolver(() => TaskReferenceType, {
    nullable: true,
    description: 'The task it explains; null where none.',
  })
  async task(@Root() circuit: CircuitView, @Ctx() context: ApiContext): Promise<TaskReferenceType | null> {
    return (await openView(circuit, context)).graph.task
  }

  @FieldResolver(() => [String], {
    description:
      'Sites whose channels were masked when it was cut, such as 0.attn.act_in; sparse circuits only.',
  })
  async maskedSites(@Root() circuit: CircuitView, @Ctx() context: ApiContext): Promise<readonly string[]> {
    return (await openView(circuit, context)).graph.maskedSites
  }

  @FieldResolver(() => ImportRecordConnection, { description: 'How it came in, oldest first.' })
  async imports(
    @Root() circuit: CircuitView,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { loaders }: ApiContext,
  ): Promise<object> {
    const records = await loaders.imports.load(circuit.hash)
    return listView(records, page, ['imports', circuit.hash], (record) => importView(record, 'circuit'))
  }

  @FieldResolver(() => [ScoreSetType], { description: 'Named scores that came with it.' })
  async scoreSets(@Root() circuit: CircuitView, @Ctx() { loaders }: ApiContext): Promise<readonly object[]> {
    return loaders.scoreSets.load(circuit.hash)
  }

  @FieldResolver(() => AnnotationConnection, {
    description: 'Labels, notes, supernodes and views beside it.',
  })
  async annotations(
    @Root() circuit: CircuitView,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { loaders }: ApiContext,
  ): Promise<object> {
    const annotations = await loaders.annotations.load(circuit.hash)
    return listView(annotations, page, ['annotations', circuit.hash], annotationView)
  }
}
