/** A stored circuit as a file: the one it came from, when its import kept what the graph does not say. */
import { NotFound } from '../domain/errors.js'
import type { CircuitStore } from './ports/circuit-store.js'
import type { FormatLibrary } from './ports/format-library.js'

export async function exportCircuit(
  id: string,
  deps: { readonly store: CircuitStore; readonly formats: FormatLibrary },
): Promise<{ fileName: string; content: AsyncIterable<Uint8Array> }> {
  const circuit = await deps.store.circuit(id)
  if (circuit === null) throw new NotFound(`there is no circuit ${id}`)
  const record = (await deps.store.importsOf(id)).at(-1) ?? null
  const residue = record === null ? null : await deps.store.residueOf(record.id)
  return deps.formats.write(circuit, record === null ? null : { record, residue })
}
