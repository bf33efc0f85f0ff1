import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { InvalidInput, NotFound } from '../domain/errors.js'
import { askServer } from './ask-server.js'
import type { GraphQLAnswer, GraphQLRequest } from './graphql-request.js'
import { json } from './output.js'
import { STORE_SETTINGS, type Stage, settingFlags, withSettings } from './stage.js'
import type { Terminal } from './terminal.js'

export interface QueryDoor {
  /** Answers a request through the schema, with the same checks as over HTTP. */
  execute(request: GraphQLRequest, signal: AbortSignal): Promise<GraphQLAnswer>
}

interface Options {
  readonly url?: string
  readonly token?: string
  readonly variables?: string
  readonly operation?: string
  readonly json?: boolean
}

/** `circuitql query FILE|-`: against a running server, or straight against the store. An answer with errors is 1. */
export function addQuery(
  program: Command,
  stage: Stage<QueryDoor>,
  setStatus: (status: number) => void,
): void {
  const command = program
    .command('query')
    .description('ask a GraphQL question')
    .argument('<FILE|->', 'file with the question; - reads standard input')
    .option('--url <URL>', 'ask the server there (straight against the store)')
    .option('--token <TOKEN>', 'bearer token for --url')
    .option('--variables <JSON|@FILE>', 'variables as a JSON object')
    .option('--operation <NAME>', 'which operation, where the file holds several')
    .option('--json', 'the answer on one line')
  const names = [
    ...STORE_SETTINGS,
    'CIRCUITQL_MAX_COST_FIELDS',
    'CIRCUITQL_MAX_WORK',
    'CIRCUITQL_WORKERS',
  ] as const
  withSettings(command, [...names, 'CIRCUITQL_QUESTION_TIMEOUT_MS'])
  command.action(async (file: string, options: Options) => {
    const { terminal, signal } = stage
    const request: GraphQLRequest = {
      query: file === '-' ? await terminal.input() : await textOf(file),
      variables: options.variables === undefined ? null : await variablesOf(options.variables),
      operationName: options.operation ?? null,
    }
    const { url, token } = options
    const answer =
      url === undefined
        ? await stage.inside(settingFlags(command), (door) => door.execute(request, signal))
        : await askServer(url, request, token ?? null, signal)
    terminal.result(options.json ? `${JSON.stringify(answer)}\n` : json(answer))
    if (answer.errors !== undefined && answer.errors.length > 0) {
      reportErrors(answer.errors, terminal)
      setStatus(1)
    }
  })
}

function reportErrors(errors: readonly { readonly message: string }[], terminal: Terminal): void {
  for (const { message } of errors) terminal.message(`circuitql: ${message}\n`)
}

async function variablesOf(text: string): Promise<Readonly<Record<string, unknown>>> {
  const source = text.startsWith('@') ? await textOf(text.slice(1)) : text
  const refuse = (cause?: unknown): never => {
    throw new InvalidInput('BAD_INPUT', 'the variables are not a JSON object', { path: '--variables', cause })
  }
  let value: unknown
  try {
    value = JSON.parse(source)
  } catch (cause) {
    return refuse(cause)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse()
  return value as Readonly<Record<string, unknown>>
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new NotFound(`there is no readable file at ${path}`, { path, cause })
  })
}
