/** One GraphQL question over HTTP (GraphQL over HTTP, POST with JSON). */
import { InvalidInput, throwIfAborted, Unavailable } from '../domain/errors.js'
import type { GraphQLAnswer, GraphQLRequest } from './graphql-request.js'

/** `http://127.0.0.1:4000` means its `/graphql`. Throws `UNAVAILABLE` when no GraphQL server answers there. */
export async function askServer(
  url: string,
  request: GraphQLRequest,
  token: string | null,
  signal: AbortSignal,
): Promise<GraphQLAnswer> {
  const address = endpoint(url)
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json;q=0.9',
  }
  if (token !== null) headers['authorization'] = `Bearer ${token}`
  const body = JSON.stringify({
    query: request.query,
    ...(request.variables === null ? {} : { variables: request.variables }),
    ...(request.operationName === null ? {} : { operationName: request.operationName }),
  })
  try {
    const response = await fetch(address, { method: 'POST', headers, body, signal })
    const text = await response.text()
    const answer = graphqlAnswer(text)
    if (answer === null)
      throw new Unavailable(`${address} answered ${response.status} without a GraphQL answer`)
    return answer
  } catch (cause) {
    if (cause instanceof Unavailable) throw cause
    throwIfAborted(signal)
    throw new Unavailable(`no server answers at ${address}`, { hint: 'start one with: npm start', cause })
  }
}

function endpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new InvalidInput('BAD_INPUT', `${JSON.stringify(text)} is not an http:// or https:// address`, {
      path: '--url',
    })
  }
  if (url.pathname === '/') url.pathname = '/graphql'
  return url.href
}

function graphqlAnswer(text: string): GraphQLAnswer | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && ('data' in value || 'errors' in value)
      ? (value as GraphQLAnswer)
      : null
  } catch {
    return null
  }
}
