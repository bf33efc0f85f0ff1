/** What a person writes for a circuit or model: a global id, an id or a unique prefix of it, or a catalogue name. */
import type { Ref, UseCases } from '../application/use-cases.js'
import { InvalidInput, NotFound } from '../domain/errors.js'
import type { CircuitSummary, SparseModelSummary } from '../domain/records.js'

export type CircuitResolver = Pick<UseCases, 'resolveCircuit'>
export type ModelResolver = Pick<UseCases, 'resolveModel'>

export type Subject =
  | { readonly kind: 'circuit'; readonly summary: CircuitSummary }
  | { readonly kind: 'model'; readonly summary: SparseModelSummary }

/** Throws `NOT_FOUND` naming the text. */
export async function circuitNamed(text: string, door: CircuitResolver): Promise<CircuitSummary> {
  const found = await firstOf(text, 'circuit', (ref) => door.resolveCircuit(ref))
  if (found === null)
    throw new NotFound(`there is no circuit ${JSON.stringify(text)}`, {
      hint: 'list them with: circuitql circuits',
    })
  return found
}

/** Throws `NOT_FOUND` naming the text. */
export async function modelNamed(text: string, door: ModelResolver): Promise<SparseModelSummary> {
  const found = await firstOf(text, 'model', (ref) => door.resolveModel(ref))
  if (found === null)
    throw new NotFound(`there is no model ${JSON.stringify(text)}`, {
      hint: 'list them with: circuitql models',
    })
  return found
}

/** A circuit or a model; throws `NOT_FOUND` naming the text, `BAD_INPUT` when it stands for one of each. */
export async function subjectNamed(text: string, door: CircuitResolver & ModelResolver): Promise<Subject> {
  const circuit = await firstOf(text, 'circuit', (ref) => door.resolveCircuit(ref))
  const model = await firstOf(text, 'model', (ref) => door.resolveModel(ref))
  if (circuit !== null && model !== null) {
    throw new InvalidInput('BAD_INPUT', `${JSON.stringify(text)} stands for a circuit and for a model`, {
      hint: `write circuit:${circuit.id} or model:${model.id}`,
    })
  }
  if (circuit !== null) return { kind: 'circuit', summary: circuit }
  if (model !== null) return { kind: 'model', summary: model }
  throw new NotFound(`there is no circuit or model ${JSON.stringify(text)}`, {
    hint: 'list them with: circuitql circuits, circuitql models',
  })
}

async function firstOf<T>(
  text: string,
  kind: Subject['kind'],
  resolve: (ref: Ref) => Promise<T | null>,
): Promise<T | null> {
  for (const ref of refsOf(text, kind)) {
    const found = await resolve(ref)
    if (found !== null) return found
  }
  return null
}

/** Every reading of the text, the likeliest first; none when it names the other kind. */
export function refsOf(text: string, kind: Subject['kind']): readonly Ref[] {
  const [, type, id] = /^(circuit|model):([0-9a-f]{8,64})$/.exec(text) ?? []
  if (id !== undefined) return type === kind ? [{ kind: 'id', id }] : []
  const name: Ref = { kind: 'name', name: text }
  return /^[0-9a-f]{8,64}$/.test(text) ? [{ kind: 'id', id: text }, name] : [name]
}
