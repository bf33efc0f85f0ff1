/** `PUT /artefacts/sha256/<hash>`: large files by their hash, streamed to the store; imports name them by it. */
import { type Request, type RequestHandler, type Response, Router } from 'express'
import type { UseCases } from '../application/use-cases.js'
import { InvalidInput, LimitExceeded } from '../domain/errors.js'
import { identify } from './bearer-tokens.js'
import { errorBody, translateHttpError } from './error-translation.js'
import type { Metrics } from './metrics.js'
import type { ServerLog, ServerSettings } from './server-options.js'

export function uploads(
  useCases: UseCases,
  settings: ServerSettings,
  metrics: Metrics,
  log: ServerLog,
): Router {
  const router = Router()
  router.put('/:hash', async (request, response) => {
    try {
      const hash = hashOf(request)
      if (!identify(request.headers.authorization, settings.tokens).mayWrite) {
        throw new InvalidInput('UNAUTHENTICATED', 'uploading needs a bearer token of this server')
      }
      refuseTooLarge(Number(request.headers['content-length'] ?? 0), settings.maxUploadBytes)
      const { created, bytes } = await useCases.putArtefact(
        hash,
        request.iterator({ destroyOnReturn: false }),
      )
      metrics.add('circuitql_upload_bytes_total', 'Bytes of uploads taken in.', {}, created ? bytes : 0)
      response.status(created ? 201 : 200).json({ sha256: hash, bytes, created })
    } catch (error) {
      refuse(request, response, error, log)
    }
  })
  router.head('/:hash', async (request, response) => {
    response.status((await useCases.hasArtefact(hashOf(request))) ? 200 : 404).end()
  })
  router.all('/:hash', methodNotAllowed)
  return router
}

const methodNotAllowed: RequestHandler = (_request, response) => {
  response
    .status(405)
    .set('allow', 'PUT, HEAD')
    .json(errorBody('artefacts take PUT and HEAD', { code: 'BAD_REQUEST' }))
}

function hashOf(request: Request): string {
  const hash = String(request.params['hash'])
  if (!/^[0-9a-f]{64}$/.test(hash)) {
    throw new InvalidInput(
      'BAD_INPUT',
      `${JSON.stringify(hash.slice(0, 80))} is not a SHA-256 of 64 lower-case hex digits`,
    )
  }
  return hash
}

function refuseTooLarge(bytes: number, limit: number): void {
  if (bytes > limit)
    throw new LimitExceeded(`an upload has at most ${limit} bytes, this one has ${bytes}`, {
      facts: { limit },
    })
}

/** Time that a client has to read its refusal while it still sends, milliseconds. */
const LINGER_MS = 1_000

/** The rest of a refused body is thrown away for a moment, so that the answer arrives, then the connection ends. */
function refuse(request: Request, response: Response, error: unknown, log: ServerLog): void {
  if (request.socket.destroyed) return
  const { status, body } = translateHttpError(error, log)
  if (!request.complete) {
    response.set('connection', 'close')
    request.resume()
    setTimeout(() => request.destroy(), LINGER_MS).unref()
  }
  response.status(status).json(body)
}
