/** A graph, derived ones too, as a file for machines: part by part, each made when the reader is ready for it. */
import { InvalidInput } from '../domain/errors.js'
import { parseGlobalId, printGlobalId } from '../domain/global-id.js'
import type { BulkFormat, BulkPart, FormatLibrary } from './ports/format-library.js'
import type { Asking, OpenGraph, UseCases } from './use-cases.js'

type Opening = Pick<UseCases, 'openCircuit' | 'openModel' | 'openSubcircuit'>

/** `row` is 0, or what the part before gave as its next one. Throws BAD_ID for what is no graph's id, NOT_FOUND. */
export async function graphPart(
  globalId: string,
  format: BulkFormat,
  row: number,
  asking: Asking,
  { opening, formats }: { readonly opening: Opening; readonly formats: FormatLibrary },
): Promise<BulkPart> {
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
  return formats.bulk(graph, format, facts, row)
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
