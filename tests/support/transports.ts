/** One operation over each way into the schema; the answer is the same JSON on all of them. */

export const TRANSPORTS = ['POST', 'GET', 'event stream', 'event stream by GET'] as const
export type Transport = (typeof TRANSPORTS)[number]

export interface Sent {
  readonly query: string
  readonly variables?: object
  readonly extensions?: object
}

// biome-ignore lint/suspicious/noExplicitAny: answers are JSON whose shape the test itself states
export async function sendOver(url: string, transport: Transport, sent: Sent): Promise<any> {
  const response = await requestOver(url, transport, sent)
  const text = await response.text()
  const [, data] = /^event: next\ndata: (.*)$/m.exec(text) ?? [null, text]
  return JSON.parse(data!)
}

export function requestOver(
  url: string,
  transport: Transport,
  { query, variables, extensions }: Sent,
  signal?: AbortSignal,
): Promise<Response> {
  const stream = transport.startsWith('event stream')
  const address = `${url}/graphql${stream ? '/stream' : ''}`
  const headers = {
    ...(stream ? { accept: 'text/event-stream' } : { 'apollo-require-preflight': 'yes' }),
    'content-type': 'application/json',
  }
  const more = signal === undefined ? {} : { signal }
  if (transport === 'POST' || transport === 'event stream')
    return fetch(address, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query, variables, extensions }),
      ...more,
    })
  const parameters = new URLSearchParams({ query })
  if (variables !== undefined) parameters.set('variables', JSON.stringify(variables))
  if (extensions !== undefined) parameters.set('extensions', JSON.stringify(extensions))
  return fetch(`${address}?${parameters}`, { headers, ...more })
}
