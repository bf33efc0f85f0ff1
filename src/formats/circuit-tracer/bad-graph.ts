import { InvalidInput } from '../../domain/errors.js'

/** BAD_FILE with the file's name and the JSON path of what is wrong. */
export function badGraph(name: string, message: string, path: string): InvalidInput {
  return new InvalidInput('BAD_FILE', `${name}: ${message}`, { path })
}
