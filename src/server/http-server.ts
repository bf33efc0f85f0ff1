/** The pipeline, in its order: every request passes the doors from top to bottom. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expressMiddleware } from '@as-integrations/express5'
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import { PATTERN_GRAMMAR_PATH } from '../../schema/path-pattern.scalar.js'
import { publishedGrammar } from '../application/published-grammar.js'
import { allowedOrigins } from './allowed-origins.js'
import { sendingText } from './answer-text.js'
import { apiLimits } from './api-limits.js'
import { printApiSchema } from './api-schema.js'
import { errorBody, translateHttpError } from './error-translation.js'
import { eventStream } from './event-stream.js'
import { explorerPage, wantsPage } from './explorer-page.js'
import { type GraphParts, graphDownloads } from './graph-downloads.js'
import { graphqlEngine } from './graphql-engine.js'
import { Metrics } from './metrics.js'
import { type ContextMaker, contextOf } from './request-context.js'
import type { HttpServerOptions, ServerLog } from './server-options.js'
import { uploads } from './uploads.js'

export interface RunningServer {
  readonly url: string
  /** Stops taking requests, lets running ones end for a while, then ends them. */
  close(): Promise<void>
}

/** Time that running requests have to end when the server closes, milliseconds. */
const GRACE_MS = 5_000
/** Uploads of gigabytes over slow lines take long, milliseconds. */
const LONGEST_REQUEST_MS = 3_600_000

export async function createHttpServer(options: HttpServerOptions): Promise<RunningServer> {
  const { settings, useCases, schema, version, log } = options
  const limits = apiLimits(settings)
  const metrics = new Metrics(version)
  const closing = new AbortController()
  const maker: ContextMaker = { useCases, settings, limits, version, closing: closing.signal }
  const engine = graphqlEngine(schema, limits, metrics, log, options.questions ?? null)
  await engine.start()

  const { questions } = options
  const graphParts: GraphParts = (id, format, row, signal) =>
    questions?.part(id, format, row, signal) ?? useCases.graphPart(id, format, row, { signal })
  const json = express.json({ limit: limits.bodyBytes })
  const stream = [json, eventStream(schema, maker, log, questions ?? null)]
  const answer = expressMiddleware(engine, {
    context: async ({ req, res }) => sendingText(res, contextOf(req, res, true, maker)),
  })
  const page = explorerPage(options.exampleQueries)

  const app = express()
  app.disable('x-powered-by')
  app.use(counted(metrics), safeHeaders)
  app.use(healthRoutes(options, closing.signal))
  app.use(allowedOrigins(settings.host))
  app.use('/artefacts/sha256', uploads(useCases, settings, metrics, log))
  app.use('/graphs', graphDownloads(graphParts, metrics, log))
  app.use('/graphql/stream', ...stream)
  app.get(
    '/schema.graphql',
    textRoute(() => printApiSchema(schema)),
  )
  app.get(PATTERN_GRAMMAR_PATH, grammarRoute())
  app.get(
    '/metrics',
    textRoute(() => metrics.text()),
  )
  app.get('/', (_request, response) => response.redirect('/graphql'))
  app.get('/graphql', (request, response, next) =>
    wantsPage(request) ? page(request, response, next) : next(),
  )
  app.use('/graphql', json, answer)
  app.use((_request, response) => {
    response.status(404).json(errorBody('there is nothing at this address', { code: 'NOT_FOUND' }))
  })
  app.use(lastWord(log))

  const server = await listen(app, settings.host, settings.port)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${settings.host.includes(':') ? `[${settings.host.replace(/[[\]]/g, '')}]` : settings.host}:${port}`,
    close: async () => {
      closing.abort()
      await closeServer(server)
      await engine.stop()
    },
  }
}

function listen(app: Express, host: string, port: number): Promise<Server> {
  const server = createServer(app)
  server.requestTimeout = LONGEST_REQUEST_MS
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host.replace(/^\[(.*)\]$/, '$1'), () => resolve(server))
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const impatience = setTimeout(() => server.closeAllConnections(), GRACE_MS)
    server.close(() => {
      clearTimeout(impatience)
      resolve()
    })
    server.closeIdleConnections()
  })
}

/** Alive: the process answers. Ready: the store answers too, and the server is not closing. */
function healthRoutes({ useCases, log }: HttpServerOptions, closing: AbortSignal): express.Router {
  const router = express.Router()
  router.get('/health/live', (_request, response) => {
    response.json({ status: 'ok' })
  })
  router.get('/health/ready', async (_request, response) => {
    try {
      if (closing.aborted) throw new Error('the server is closing')
      await useCases.ping()
      response.json({ status: 'ok' })
    } catch (error) {
      log.error('not ready', error)
      response.status(503).json({ status: 'unavailable' })
    }
  })
  return router
}

function textRoute(text: () => string): RequestHandler {
  return (_request, response) => {
    response.type('text/plain').send(text())
  }
}

/** The same for as long as its version is. */
function grammarRoute(): RequestHandler {
  const { text } = publishedGrammar()
  return (_request, response) => {
    response.type('text/plain').set('cache-control', 'public, max-age=86400').send(text)
  }
}

function counted(metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const started = performance.now()
    response.once('close', () => {
      const labels = { method: request.method, status: response.statusCode }
      metrics.add('circuitql_http_requests_total', 'HTTP requests by method and status.', labels)
      const seconds = (performance.now() - started) / 1_000
      metrics.add('circuitql_http_request_seconds_total', 'Time spent on HTTP requests.', {}, seconds)
    })
    next()
  }
}

const safeHeaders: RequestHandler = (_request, response, next) => {
  response.set({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
  next()
}

/** Nothing leaves this server as an HTML page with a stack trace. */
function lastWord(log: ServerLog): ErrorRequestHandler {
  return (error, _request, response, next) => {
    if (response.headersSent) return next(error)
    const { status, body } = translateHttpError(error, log)
    response.status(status).json(body)
  }
}
