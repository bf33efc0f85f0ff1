/** Operator objects: all given operators must hold. A null property fits only `isNull: true`. */
import { Field, InputType } from 'type-graphql'
import { SafeInt } from './safe-int.scalar.js'

@InputType('IntFilter', { description: 'Conditions on a whole number; all given ones must hold.' })
export class IntFilterInput {
  @Field(() => SafeInt, { nullable: true, description: 'Equal to.' })
  eq?: number | null

  @Field(() => SafeInt, { nullable: true, description: 'Not equal to.' })
  ne?: number | null

  @Field(() => [SafeInt], { nullable: true, description: 'One of.' })
  in?: number[] | null

  @Field(() => SafeInt, { nullable: true, description: 'Less than.' })
  lt?: number | null

  @Field(() => SafeInt, { nullable: true, description: 'At most.' })
  lte?: number | null

  @Field(() => SafeInt, { nullable: true, description: 'More than.' })
  gt?: number | null

  @Field(() => SafeInt, { nullable: true, description: 'At least.' })
  gte?: number | null

  @Field(() => Boolean, { nullable: true, description: 'true: has no value. false or left out: has one.' })
  isNull?: boolean | null
}

@InputType('FloatFilter', { description: 'Conditions on a number; all given ones must hold.' })
export class FloatFilterInput {
  @Field(() => Number, { nullable: true, description: 'Equal to, exactly.' })
  eq?: number | null

  @Field(() => Number, { nullable: true, description: 'Not equal to.' })
  ne?: number | null

  @Field(() => [Number], { nullable: true, description: 'One of.' })
  in?: number[] | null

  @Field(() => Number, { nullable: true, description: 'Less than.' })
  lt?: number | null

  @Field(() => Number, { nullable: true, description: 'At most.' })
  lte?: number | null

  @Field(() => Number, { nullable: true, description: 'More than.' })
  gt?: number | null

  @Field(() => Number, { nullable: true, description: 'At least.' })
  gte?: number | null

  @Field(() => Number, { nullable: true, description: 'Absolute value at least.' })
  absGte?: number | null

  @Field(() => Number, { nullable: true, description: 'Absolute value at most.' })
  absLte?: number | null

  @Field(() => Boolean, { nullable: true, description: 'true: has no value. false or left out: has one.' })
  isNull?: boolean | null
}

@InputType('ScoreFilter', { description: 'Conditions on a named score of a node.' })
export class ScoreFilterInput extends FloatFilterInput {
  @Field(() => String, { description: 'Name of the score; see summary.scoreNames.' })
  name!: string
}

@InputType('TextFilter', { description: 'Conditions on a text; all given ones must hold.' })
export class TextFilterInput {
  @Field(() => String, { nullable: true, description: 'Equal to, exactly.' })
  eq?: string | null

  @Field(() => String, { nullable: true, description: 'Not equal to.' })
  ne?: string | null

  @Field(() => [String], { nullable: true, description: 'One of, exactly.' })
  in?: string[] | null

  @Field(() => String, { nullable: true, description: 'Contains, ignoring case.' })
  contains?: string | null

  @Field(() => String, { nullable: true, description: 'Begins with, ignoring case.' })
  startsWith?: string | null

  @Field(() => String, { nullable: true, description: 'Ends with, ignoring case.' })
  endsWith?: string | null

  @Field(() => Boolean, { nullable: true, description: 'true: has no text. false or left out: has one.' })
  isNull?: boolean | null
}
