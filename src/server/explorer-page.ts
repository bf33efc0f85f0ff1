/** The browser page at `/graphql`: GraphiQL in one self-contained file, rendered and compressed once, no network. */
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { createGunzip, gzip } from 'node:zlib'
import type { Request, RequestHandler, Response } from 'express'
import { Kind, parse, print } from 'graphql'

interface Page {
  readonly compressed: Buffer
  readonly etag: string
  readonly policy: string
}

/** Is it a person with a browser? Programs ask for JSON and do not mention HTML. */
export function wantsPage(request: Request): boolean {
  return request.method === 'GET' && (request.headers.accept ?? '').includes('text/html')
}

export function explorerPage(exampleQueries: string): RequestHandler {
  let page: Promise<Page> | null = null
  return async (request, response) => {
    page ??= renderPage(exampleTabs(exampleQueries))
    send(await page, request, response)
  }
}

/** One tab per operation, with the comment above it as its first lines. */
export function exampleTabs(exampleQueries: string): { query: string }[] {
  const document = parse(exampleQueries)
  return document.definitions.map((definition) => {
    const from = definition.loc?.start ?? 0
    const comment = /(?:^#[^\n]*\n)+(?![\s\S])/m.exec(exampleQueries.slice(0, from))?.[0] ?? ''
    const text = exampleQueries.slice(from, definition.loc?.end)
    return {
      query: `${comment}${definition.kind === Kind.OPERATION_DEFINITION ? text : print(definition)}\n`,
    }
  })
}

async function renderPage(defaultTabs: { query: string }[]): Promise<Page> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  const options = {
    title: 'CircuitQL',
    logo: LOGO,
    endpoint: '/graphql',
    subscriptionsProtocol: 'GRAPHQL_SSE',
    subscriptionsEndpoint: '/graphql/stream',
    defaultTabs,
  }
  const html = renderGraphiQL(options as Parameters<typeof renderGraphiQL>[0])
  const script = html.slice(html.indexOf('<script>') + '<script>'.length, html.lastIndexOf('</script>'))
  const hash = createHash('sha256').update(script).digest('base64')
  return {
    compressed: await promisify(gzip)(html),
    etag: `"${createHash('sha256').update(html).digest('base64url').slice(0, 27)}"`,
    policy: [
      "default-src 'none'",
      `script-src 'sha256-${hash}' blob:`,
      'worker-src blob:',
      "style-src 'unsafe-inline'",
      'img-src data:',
      'font-src data:',
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  }
}

const LOGO =
  '<svg width="28" height="28" viewBox="0 0 28 28" fill="none" stroke="currentColor" stroke-width="2"><path d="M7 7l14 7M7 21l14-7"/><circle cx="6" cy="6" r="3"/><circle cx="6" cy="22" r="3"/><circle cx="22" cy="14" r="3"/></svg>'

function send({ compressed, etag, policy }: Page, request: Request, response: Response): void {
  response.set({
    etag,
    'content-security-policy': policy,
    'cache-control': 'no-cache',
    vary: 'accept, accept-encoding',
  })
  if (request.headers['if-none-match'] === etag) {
    response.status(304).end()
    return
  }
  response.type('html')
  if (request.acceptsEncodings('gzip')) {
    response.set('content-encoding', 'gzip').end(compressed)
    return
  }
  const plain = createGunzip()
  plain.pipe(response)
  plain.end(compressed)
}
