/**
 * `GET /graphs/<id>.arrow` and `.jsonl`: a whole graph as a stream. Graphs are named by their content, so an answer never
 * changes: caches may keep it, and `If-None-Match` is answered without opening the graph.
 */
import { type RequestHandler, type Response, Router } from 'express'
import type { BulkFormat, BulkPart } from '../application/ports/format-library.js'
import { NotFound } from '../domain/errors.js'
import { errorBody, translateHttpError } from './error-translation.js'
import type { Metrics } from './metrics.js'
import type { ServerLog } from './server-options.js'

const FORMATS: Readonly<Record<string, BulkFormat>> = { arrow: 'ARROW', jsonl: 'JSONL' }
const CONTENT_TYPES: Readonly<Record<BulkFormat, string>> = {
  ARROW: 'application/vnd.apache.arrow.stream',
  JSONL: 'application/jsonl',
}

/** Gives a part of a graph; see the use case of this name. */
export type GraphParts = (
  globalId: string,
  format: BulkFormat,
  row: number,
  signal: AbortSignal,
) => Promise<BulkPart>

export function graphDownloads(graphPart: GraphParts, metrics: Metrics, log: ServerLog): Router {
  const router = Router()
  router.get('/:file', async (request, response) => {
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    try {
      const file = String(request.params['file'])
      const [, id, ending] = /^(.+)\.([a-z]+)$/.exec(file) ?? []
      const format = FORMATS[ending ?? '']
      if (id === undefined || format === undefined)
        throw new NotFound(`there is no download ${JSON.stringify(file.slice(0, 100))}`, {
          hint: 'a graph is downloaded as /graphs/<id>.arrow or /graphs/<id>.jsonl',
        })
      const tag = `"${file}"`
      response.set({ etag: tag, 'cache-control': 'public, max-age=31536000, immutable' })
      if (request.headers['if-none-match'] === tag) {
        response.status(304).end()
        return
      }
      const part = (row: number): Promise<BulkPart> => graphPart(id, format, row, gone.signal)
      const first = await part(0)
      response.status(200).set('content-type', CONTENT_TYPES[format])
      const bytes = request.method === 'HEAD' ? 0 : await send(first, part, response, gone.signal)
      metrics.add('circuitql_download_bytes_total', 'Bytes of graphs sent.', {}, bytes)
      response.end()
    } catch (error) {
      refuse(response, error, log)
    }
  })
  router.all('/:file', methodNotAllowed)
  return router
}

/** The next part is made while the one before is on its way, and no more ahead than that. */
async function send(
  first: BulkPart,
  part: (row: number) => Promise<BulkPart>,
  response: Response,
  signal: AbortSignal,
): Promise<number> {
  let bytes = 0
  for (let now: BulkPart | null = first; now !== null; ) {
    const coming: Promise<BulkPart | null> = now.next === null ? Promise.resolve(null) : part(now.next)
    coming.catch(() => {}) // should the reader go before it is looked at
    bytes += now.bytes.byteLength
    if (!response.write(now.bytes)) await drained(response)
    if (signal.aborted) return bytes
    now = await coming
  }
  return bytes
}

/** Resolves when the reader has caught up or has gone. */
function drained(response: Response): Promise<void> {
  return new Promise((resolve) => {
    const goOn = () => {
      response.off('drain', goOn).off('close', goOn)
      resolve()
    }
    response.on('drain', goOn).on('close', goOn)
  })
}

const methodNotAllowed: RequestHandler = (_request, response) => {
  response
    .status(405)
    .set('allow', 'GET, HEAD')
    .json(errorBody('graphs take GET and HEAD', { code: 'BAD_REQUEST' }))
}

/** A stream that has begun can only be cut off, so that nobody takes half of it for the whole. */
function refuse(response: Response, error: unknown, log: ServerLog): void {
  const { status, body } = translateHttpError(error, log)
  if (response.headersSent) {
    response.destroy()
    return
  }
  response.removeHeader('cache-control')
  response.removeHeader('etag')
  response.status(status).json(body)
}
