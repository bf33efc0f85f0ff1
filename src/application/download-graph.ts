/** A graph, derived ones too, as a file for machines, written as the reader takes it. */

import { InvalidInput } from '../domain/errors.js'
import { parseGlobalId, printGlobalId } from '../domain/global-id.js'
import type { BulkFormat, Download, FormatLibrary } from './ports/format-library.js'
import type { Asking, OpenGraph, UseCases } from './use-cases.js'

type Opening = Pick<UseCases, 'openCircuit' | 'openModel' | 'openSubcircuit'>

const CONTENT_TYPES: Readonly<Record<BulkFormat, string>> = {
  ARROW: 'application/vnd.apache.arrow.stream',
  JSONL: 'application/jsonl',
}

/** Throws BAD_ID for an id that is no graph's, NOT_FOUND where there is none. */
export async function downloadGraph(
  globalId: string,
  format: BulkFormat,
  asking: Asking,
  { opening, formats }: { readonly opening: Opening; readonly formats: FormatLibrary },
): Promise<Download> {
  const open = await opened(globalId, asking, opening)
  const { graph, type, id } = open
  const facts = {
    id: printGlobalId(type, id),
    source: graph.source,
    edgeMeaning: graph.edgeMeaning,
    ...(open.expression === null
      ? {}
      : { root: printGlobalId(open.rootType, open.rootId), expression: open.expression }),
  }
  return { contentType: CONTENT_TYPES[format], content: formats.bulk(graph, format, facts) }
}

function opened(globalId: string, asking: Asking, opening: Opening): Promise<OpenGraph> {
  const { type, owner } = parseGlobalId(globalId)
  switch (type) {
    case 'circuit':
      return opening.openCircuit(owner, asking)
    case 'model':
      return opening.openModel(owner, asking)
    case 'sub':
      return opening.openSubcircuit(owner, asking)
    default:
      throw new InvalidInput(
        'BAD_ID',
        `${JSON.stringify(globalId.slice(0, 80))} is the id of a ${type}, which is no graph`,
      )
  }
}
