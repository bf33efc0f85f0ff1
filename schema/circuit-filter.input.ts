import { Field, InputType } from 'type-graphql'
import type { CircuitSource, EdgeMeaning } from '../src/domain/edge-meaning.js'
import { CircuitSourceEnum } from './circuit-source.enum.js'
import { DateTime } from './date-time.scalar.js'
import { EdgeMeaningEnum } from './edge-meaning.enum.js'
import { SafeInt } from './safe-int.scalar.js'

@InputType('CatalogueTextFilter', { description: 'Conditions on a text of the catalogue; all ignore case.' })
export class CatalogueTextFilterInput {
  @Field(() => String, { nullable: true, description: 'Equal to.' })
  eq?: string | null

  @Field(() => [String], { nullable: true, description: 'One of.' })
  in?: string[] | null

  @Field(() => String, { nullable: true, description: 'Contains.' })
  contains?: string | null

  @Field(() => String, { nullable: true, description: 'Begins with.' })
  startsWith?: string | null
}

@InputType('CatalogueCountFilter', { description: 'Conditions on a count; all given ones must hold.' })
export class CatalogueCountFilterInput {
  @Field(() => SafeInt, { nullable: true, description: 'Equal to.' })
  eq?: number | null

  @Field(() => SafeInt, { nullable: true, description: 'At least.' })
  gte?: number | null

  @Field(() => SafeInt, { nullable: true, description: 'At most.' })
  lte?: number | null
}

@InputType('TimeFilter', { description: 'Conditions on an instant; all given ones must hold.' })
export class TimeFilterInput {
  @Field(() => DateTime, { nullable: true, description: 'Then or later.' })
  gte?: string | null

  @Field(() => DateTime, { nullable: true, description: 'Then or earlier.' })
  lte?: string | null
}

@InputType('CircuitSourceFilter', { description: 'Conditions on what a circuit was cut from.' })
export class CircuitSourceFilterInput {
  @Field(() => CircuitSourceEnum, { nullable: true, description: 'Is.' })
  eq?: CircuitSource | null

  @Field(() => [CircuitSourceEnum], { nullable: true, description: 'One of.' })
  in?: CircuitSource[] | null
}

@InputType('EdgeMeaningFilter', { description: 'Conditions on what the edge values mean.' })
export class EdgeMeaningFilterInput {
  @Field(() => EdgeMeaningEnum, { nullable: true, description: 'Is.' })
  eq?: EdgeMeaning | null

  @Field(() => [EdgeMeaningEnum], { nullable: true, description: 'One of.' })
  in?: EdgeMeaning[] | null
}

@InputType('CircuitFilter', { description: 'Which circuits: all given conditions must hold.' })
export class CircuitFilterInput {
  @Field(() => [CircuitFilterInput], { nullable: true, description: 'All of these hold.' })
  AND?: CircuitFilterInput[] | null

  @Field(() => [CircuitFilterInput], { nullable: true, description: 'At least one of these holds.' })
  OR?: CircuitFilterInput[] | null

  @Field(() => CircuitFilterInput, { nullable: true, description: 'This does not hold.' })
  NOT?: CircuitFilterInput | null

  @Field(() => CatalogueTextFilterInput, { nullable: true, description: 'A catalogue name.' })
  name?: CatalogueTextFilterInput | null

  @Field(() => CatalogueTextFilterInput, {
    nullable: true,
    description: 'Key of the model it speaks about: sparse:<hash> or foreign:<name>.',
  })
  model?: CatalogueTextFilterInput | null

  @Field(() => CatalogueTextFilterInput, { nullable: true, description: 'Name of its task.' })
  task?: CatalogueTextFilterInput | null

  @Field(() => CatalogueTextFilterInput, { nullable: true, description: 'Text of its prompt.' })
  prompt?: CatalogueTextFilterInput | null

  @Field(() => CircuitSourceFilterInput, { nullable: true, description: 'What it was cut from.' })
  source?: CircuitSourceFilterInput | null

  @Field(() => EdgeMeaningFilterInput, { nullable: true, description: 'What its edge values mean.' })
  edgeMeaning?: EdgeMeaningFilterInput | null

  @Field(() => CatalogueCountFilterInput, { nullable: true, description: 'Number of nodes.' })
  nodeCount?: CatalogueCountFilterInput | null

  @Field(() => CatalogueCountFilterInput, { nullable: true, description: 'Number of edges.' })
  edgeCount?: CatalogueCountFilterInput | null

  @Field(() => TimeFilterInput, { nullable: true, description: 'When this store first took it in.' })
  createdAt?: TimeFilterInput | null
}

@InputType('ModelFilter', { description: 'Which models: all given conditions must hold.' })
export class ModelFilterInput {
  @Field(() => String, { nullable: true, description: 'Part of a catalogue name, ignoring case.' })
  nameContains?: string | null
}
