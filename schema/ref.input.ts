import { Field, ID, InputType } from 'type-graphql'

@InputType('CircuitRef', { description: 'A circuit: exactly one of these.' })
export class CircuitRefInput {
  @Field(() => ID, {
    nullable: true,
    description: 'Global id, content hash, or a unique prefix of the hash of at least eight digits.',
  })
  id?: string | null

  @Field(() => String, { nullable: true, description: 'Catalogue name.' })
  name?: string | null
}

@InputType('ModelRef', { description: 'A sparse model: exactly one of these.' })
export class ModelRefInput {
  @Field(() => ID, {
    nullable: true,
    description: 'Global id, content hash, or a unique prefix of the hash of at least eight digits.',
  })
  id?: string | null

  @Field(() => String, { nullable: true, description: 'Catalogue name.' })
  name?: string | null
}

@InputType('TaskRef', { description: 'A task: exactly one of these.' })
export class TaskRefInput {
  @Field(() => ID, {
    nullable: true,
    description: 'Global id, content hash, or a unique prefix of the hash of at least eight digits.',
  })
  id?: string | null

  @Field(() => String, {
    nullable: true,
    description: 'Name: the newest version; or name@version.',
  })
  name?: string | null
}

@InputType('GraphRef', { description: 'A graph: exactly one of these.' })
export class GraphRefInput {
  @Field(() => CircuitRefInput, { nullable: true, description: 'A circuit.' })
  circuit?: CircuitRefInput | null

  @Field(() => ModelRefInput, { nullable: true, description: 'A whole sparse model.' })
  model?: ModelRefInput | null

  @Field(() => ID, { nullable: true, description: 'A subcircuit by the id that was handed out.' })
  subcircuit?: string | null
}
