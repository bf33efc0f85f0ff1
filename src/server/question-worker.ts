/**
 * Entry of a thread that works on graphs: a house of its own over the same store, so that opening, walking and telling a
 * large graph keeps nobody else waiting. One query, or one part of a download, at a time.
 */
import 'reflect-metadata'
import { BroadcastChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { workerData } from 'piscina'
import { compose, type House } from '../compose.js'
import type { Settings } from '../settings.js'
import { handedOver } from './handed-over.js'
import { type PartOutcome, partOutcome } from './part-outcome.js'
import { FORGOTTEN, type QuestionOutcome, type QuestionTask } from './question-task.js'
import { watchedSignal } from './watched-signal.js'

/** Read before every query, so that none is answered from what was deleted before it was asked. */
const gone = new BroadcastChannel(FORGOTTEN)
gone.unref()
// Node reads from a channel as from a port; the types do not know it yet.
const nextGone = () => receiveMessageOnPort(gone as unknown as MessagePort)
let house: Promise<House> | null = null

export default async function work({ work, stop }: QuestionTask): Promise<QuestionOutcome | PartOutcome> {
  house ??= compose(workerData as Settings)
  const opened = await house
  const { tell, forget } = opened
  for (let told = nextGone(); told !== undefined; told = nextGone()) forget(told.message as string)
  const { signal, end } = watchedSignal(stop)
  try {
    return handedOver(
      work.kind === 'query' ? await tell(work.request, signal) : await partOutcome(opened, work, signal),
    )
  } finally {
    end()
  }
}
