/** A whole answer as JSON, in pieces: text, and parts that are UTF-8 already. */
import type { Response } from 'express'

export type AnswerText = readonly (string | Uint8Array)[]

export interface FinishedAnswer {
  text: AnswerText | null
}

const encoder = new TextEncoder()

/** From then on the response sends the answer that is written in the context, if there is one, instead of what it is given. */
export function sendingText<Context extends { readonly finished: FinishedAnswer }>(
  response: Response,
  context: Context,
): Context {
  const { finished } = context
  const send = response.send.bind(response)
  response.send = (body) => (finished.text === null ? send(body) : ended(response, finished.text))
  return context
}

/** The headers are set but for the length. */
function ended(response: Response, text: AnswerText): Response {
  const parts = [...text.map((piece) => (typeof piece === 'string' ? encoder.encode(piece) : piece)), NEWLINE]
  response.setHeader(
    'content-length',
    parts.reduce((sum, part) => sum + part.byteLength, 0),
  )
  response.cork()
  for (const part of parts) response.write(part)
  return response.end()
}

const NEWLINE = encoder.encode('\n')

export function asString(text: AnswerText): string {
  return text.map((piece) => (typeof piece === 'string' ? piece : Buffer.from(piece).toString())).join('')
}
