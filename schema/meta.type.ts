import { Field, ObjectType } from 'type-graphql'
import { StoreKindEnum } from './catalogue.enum.js'
import { SafeInt } from './safe-int.scalar.js'

@ObjectType('StoreFacts', { simpleResolvers: true, description: 'The store behind this server.' })
export class StoreFactsType {
  @Field(() => StoreKindEnum, { description: 'Where the catalogue rests.' })
  kind!: 'EMBEDDED' | 'NEO4J'

  @Field(() => String, { description: 'Engine and version.' })
  engine!: string

  @Field(() => String, { description: 'Version of the store’s schema: the last migration applied.' })
  schemaVersion!: string
}

@ObjectType('Limits', {
  simpleResolvers: true,
  description: 'What this server allows; the same checks hold on every route.',
})
export class LimitsType {
  @Field(() => SafeInt, {
    description: 'Largest cost of a query: objects 1, scalars 0, lists times `first` (default 20).',
  })
  costFields!: number

  @Field(() => SafeInt, {
    description:
      'Largest work of one field: estimated visits of nodes and edges, and multiply-adds; checked before it runs.',
  })
  costWork!: number

  @Field(() => SafeInt, { description: 'Deepest nesting of fields.' })
  depth!: number

  @Field(() => SafeInt, { description: 'Most lists of objects that stand in each other.' })
  listDepth!: number

  @Field(() => SafeInt, {
    description: 'Most aliases in an operation, counted as often as their fragments are spread.',
  })
  aliases!: number

  @Field(() => SafeInt, { description: 'Most directives in an operation.' })
  directives!: number

  @Field(() => SafeInt, { description: 'Most tokens in a document.' })
  tokens!: number

  @Field(() => SafeInt, { description: 'Deepest nesting of an input value.' })
  inputDepth!: number

  @Field(() => SafeInt, { description: 'Most objects, lists and values in all inputs of an operation.' })
  inputNodes!: number

  @Field(() => SafeInt, { description: 'Largest request body, bytes.' })
  bodyBytes!: number

  @Field(() => SafeInt, { description: 'Largest upload, bytes.' })
  uploadBytes!: number

  @Field(() => SafeInt, { description: 'Rows of a page when neither `first` nor `last` is given.' })
  pageDefault!: number

  @Field(() => SafeInt, { description: 'Most rows of a page.' })
  pageMax!: number

  @Field(() => SafeInt, { description: 'Most paths of a page.' })
  pathsMax!: number

  @Field(() => SafeInt, { description: 'Most edges in `columns`.' })
  columnEdges!: number

  @Field(() => SafeInt, { description: 'Longest time for a request, milliseconds.' })
  questionTimeoutMs!: number
}

@ObjectType('Meta', {
  simpleResolvers: true,
  description: 'This server: versions, store, back ends, limits.',
})
export class MetaType {
  @Field(() => String, { description: 'Version of the server.' })
  version!: string

  @Field(() => String, { description: 'Version of the question language; a changed default raises it.' })
  language!: string

  @Field(() => String, { description: 'Version of the arithmetic.' })
  engineVersion!: string

  @Field(() => [String], { description: 'What can run models here, such as sparse-float64.' })
  backEnds!: string[]

  @Field(() => LimitsType, { description: 'What this server allows.' })
  limits!: LimitsType
}
