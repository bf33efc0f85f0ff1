/** Tasks that come with the product: generators with a fixed seed, so that name and version name the examples. */
import type { TaskData } from '../../domain/task.js'
import { bracketDepth } from './bracket-depth.js'
import { setOrString } from './set-or-string.js'
import { singleDoubleQuote } from './single-double-quote.js'
import { stringClosing } from './string-closing.js'

export function builtInTasks(): readonly TaskData[] {
  return [bracketDepth(), setOrString(), singleDoubleQuote(), stringClosing()]
}
