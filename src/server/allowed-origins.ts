/**
 * Which names a request may call this server by. A page elsewhere that points its own name at this machine (DNS
 * rebinding) is refused because its name is not ours; a page elsewhere that writes across sites is refused by its
 * Origin. Addresses in numbers cannot be rebound.
 */
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import type { RequestHandler } from 'express'
import { errorBody } from './error-translation.js'

export function allowedOrigins(host: string): RequestHandler {
  const names = new Set([host.toLowerCase(), hostname().toLowerCase(), 'localhost'])
  return (request, response, next) => {
    const { host: called, origin } = request.headers
    if (
      called !== undefined &&
      isOurs(called, names) &&
      (origin === undefined || originHost(origin) === called)
    ) {
      return next()
    }
    const what = called !== undefined && isOurs(called, names) ? 'origin' : 'host'
    response.status(403).json(errorBody(`this server does not answer to that ${what}`, { code: 'FORBIDDEN' }))
  }
}

function isOurs(called: string, names: ReadonlySet<string>): boolean {
  const name = hostnameOf(`http://${called}`)
  return (
    name !== null &&
    (isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0 || name.endsWith('.localhost') || names.has(name))
  )
}

function hostnameOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).hostname : null
}

function originHost(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null
}
