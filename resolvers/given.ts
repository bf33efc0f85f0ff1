/** The one member of an input that is given. */
import { InvalidInput } from '../src/domain/errors.js'

/** The schema sees to it that exactly one member is given; this says so to the compiler. */
export function given<Value>(value: Value | null | undefined, path: string): Value {
  if (value == null) throw new InvalidInput('BAD_INPUT', `${path} needs exactly one member`, { path })
  return value
}
