/** Whatever a global id stands for, or null where it is gone. */

import { placeOfAddress } from '../src/application/component-uses.js'
import type { OpenGraph } from '../src/application/use-cases.js'
import { NotFound } from '../src/domain/errors.js'
import { parseGlobalId } from '../src/domain/global-id.js'
import { edgeByAddress } from '../src/query/edge-address.js'
import { ordinalsByAddress } from '../src/query/node-selector.js'
import type { ApiContext } from './api-context.js'
import { componentView } from './component.resolver.js'
import { EdgeView } from './edge-view.js'
import { circuitView, modelView, subcircuitView } from './graph-view.js'
import { NodeView } from './node-view.js'
import { annotationView, importView, jobView } from './record-view.js'
import { taskView } from './task-view.js'

/** Throws BAD_ID for text that is no global id. */
export async function thingById(text: string, context: ApiContext): Promise<object | null> {
  const { type, owner, address } = parseGlobalId(text)
  const { loaders, useCases } = context
  switch (type) {
    case 'circuit':
      return shown(await loaders.circuit.load(owner), circuitView)
    case 'model':
      return shown(await loaders.model.load(owner), modelView)
    case 'sub':
      return shown(await openOrNull(`sub:${owner}`, context), subcircuitView)
    case 'node':
    case 'edge':
      return shown(await graphOf(owner, context), (open) => partOf(open, type, address ?? ''))
    case 'annotation':
      return shown(await loaders.annotation.load(owner), annotationView)
    case 'job':
      return shown(await useCases.job(owner), jobView)
    case 'import':
      return importById(owner, context)
    case 'task':
      return shown(await useCases.resolveTask({ kind: 'id', id: owner }), taskView)
    case 'component':
      return componentView(decodeURIComponent(owner), placeOfAddress(address ?? '', 'id'))
    default:
      return type satisfies never
  }
}

function shown<Value, View>(value: Value | null, view: (value: Value) => View): View | null {
  return value === null ? null : view(value)
}

function partOf(open: OpenGraph, type: 'node' | 'edge', address: string): object | null {
  if (type === 'edge') return shown(edgeByAddress(address, open.graph), (edge) => new EdgeView(open, edge))
  const ordinal = ordinalsByAddress(open.graph).get(address)
  return ordinal === undefined ? null : new NodeView(open, open.graph.nodes[ordinal]!)
}

/** Ids of nodes and edges name their graph by hash alone. */
async function graphOf(hash: string, context: ApiContext): Promise<OpenGraph | null> {
  if ((await context.loaders.circuit.load(hash)) !== null) return openOrNull(`circuit:${hash}`, context)
  if ((await context.loaders.model.load(hash)) !== null) return openOrNull(`model:${hash}`, context)
  return openOrNull(`sub:${hash}`, context)
}

async function openOrNull(key: string, { loaders }: ApiContext): Promise<OpenGraph | null> {
  try {
    return await loaders.graph.load(key)
  } catch (error) {
    if (error instanceof NotFound) return null
    throw error
  }
}

async function importById(owner: string, { loaders }: ApiContext): Promise<object | null> {
  const [subject = '', id] = owner.split('.')
  const record = (await loaders.imports.load(subject)).find((known) => known.id === id)
  if (record === undefined) return null
  return importView(record, (await loaders.circuit.load(subject)) === null ? 'model' : 'circuit')
}
