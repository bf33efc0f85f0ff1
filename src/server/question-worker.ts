/**
 * Entry of a thread that answers queries over graphs: a house of its own over the same store, so that opening, walking
 * and telling a large graph keeps nobody else waiting. One query at a time.
 */
import 'reflect-metadata'
import { BroadcastChannel } from 'node:worker_threads'
import { workerData } from 'piscina'
import { compose, type House } from '../compose.js'
import type { Settings } from '../settings.js'
import { FORGOTTEN, type QuestionOutcome, type QuestionTask } from './question-task.js'
import { watchedSignal } from './watched-signal.js'

let house: Promise<House> | null = null

export default async function work({ request, stop }: QuestionTask): Promise<QuestionOutcome> {
  house ??= opened()
  const { execute } = await house
  const { signal, end } = watchedSignal(stop)
  try {
    const answer = await execute(request, signal)
    const { data, errors, extensions } = answer
    if (data == null) return { answer }
    const text = JSON.stringify({ ...(errors === undefined ? {} : { errors }), data, extensions })
    return { text, hasErrors: errors !== undefined }
  } finally {
    end()
  }
}

async function opened(): Promise<House> {
  const own = await compose(workerData as Settings)
  const channel = new BroadcastChannel(FORGOTTEN)
  channel.onmessage = (message) => own.forget((message as { readonly data: string }).data)
  channel.unref()
  return own
}
