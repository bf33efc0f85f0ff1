/** Nodes of the file, checked for what the importer builds on; whatever else they say is kept as text for export. */
import { LimitExceeded } from '../../domain/errors.js'
import { printJsonText } from '../json-elements-text.js'
import { badGraph } from './bad-graph.js'
import type { RawLimits } from './raw-limits.js'

export interface RawNode {
  readonly nodeId: string
  readonly jsNodeId: string | null
  readonly featureType: string
  /** As text: files write it as text or as a whole number. */
  readonly layer: string
  readonly position: number
  /** Packed number, see `packed-feature.ts`. */
  readonly feature: number | null
  /** The token's text where the node has it in a field of its own. */
  readonly token: string | null
  readonly label: string | null
  readonly activation: number | null
  readonly influence: number | null
  /** Probability of a logit; null for other nodes. */
  readonly probability: number | null
  readonly isTarget: boolean
  /** The whole object, as `printJsonText` prints it. */
  readonly text: string
}

/** Addresses have at most 4,096 characters; an escaped one takes six. */
export const MAX_ID_LENGTH = 500

export class NodeReader {
  readonly nodes: RawNode[] = []
  nonFinite = 0
  #keptBytes = 0
  readonly #seen = new Set<string>()
  readonly #name: string
  readonly #limits: RawLimits

  constructor(name: string, limits: RawLimits) {
    this.#name = name
    this.#limits = limits
  }

  /** Throws BAD_FILE for a node whose fields have wrong types or whose type and id came before. */
  add(element: unknown): void {
    const path = `nodes[${this.nodes.length}]`
    const fields = recordOf(element, this.#name, path)
    const nodeId = idOf(fields['node_id'], this.#name, `${path}.node_id`)
    const featureType = idOf(fields['feature_type'], this.#name, `${path}.feature_type`)
    const { layer, ctx_idx: position } = fields
    if (typeof layer !== 'string' && !Number.isSafeInteger(layer))
      throw badGraph(this.#name, `the layer of ${nodeId} is neither text nor a whole number`, `${path}.layer`)
    if (typeof position !== 'number' || !Number.isSafeInteger(position) || position < 0)
      throw badGraph(this.#name, `the ctx_idx of ${nodeId} is not a whole number from 0`, `${path}.ctx_idx`)
    const key = `${featureType}\n${nodeId}`
    if (this.#seen.has(key))
      throw badGraph(this.#name, `two nodes of type ${featureType} have the id ${nodeId}`, path)
    this.#seen.add(key)
    const text = printJsonText(fields)
    this.#count(text.length, path)
    this.nodes.push({
      nodeId,
      jsNodeId: textOrNull(fields['jsNodeId']),
      featureType,
      layer: String(layer),
      position,
      feature: this.#number(fields['feature'], `${path}.feature`),
      token: textOrNull(fields['token']),
      label: textOrNull(fields['clerp']),
      activation: this.#number(fields['activation'], `${path}.activation`),
      influence: this.#number(fields['influence'], `${path}.influence`),
      probability: featureType === 'logit' ? this.#probability(fields['token_prob'], nodeId, path) : null,
      isTarget: fields['is_target_logit'] === true,
      text,
    })
  }

  #count(bytes: number, path: string): void {
    this.#keptBytes += bytes
    if (this.nodes.length >= this.#limits.nodes)
      throw new LimitExceeded(`${this.#name} has more than ${this.#limits.nodes} nodes`, { path })
    if (this.#keptBytes > this.#limits.keptBytes)
      throw new LimitExceeded(`the nodes of ${this.#name} take more than ${this.#limits.keptBytes} bytes`, {
        path,
      })
  }

  #number(value: unknown, path: string): number | null {
    if (value === undefined || value === null) return null
    if (typeof value !== 'number') throw badGraph(this.#name, `${path} is not a number`, path)
    if (Number.isFinite(value)) return value
    this.nonFinite++
    return null
  }

  /** Influence starts from it, so it may not be NaN. */
  #probability(value: unknown, nodeId: string, path: string): number | null {
    if (typeof value === 'number' && !Number.isFinite(value))
      throw badGraph(this.#name, `the token_prob of the logit ${nodeId} is ${value}`, `${path}.token_prob`)
    return this.#number(value, `${path}.token_prob`)
  }
}

/** Throws BAD_FILE naming the path when `value` is no object. */
export function recordOf(value: unknown, name: string, path: string): Record<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw badGraph(name, `${path} is not an object`, path)
  return value as Record<string, unknown>
}

/** Throws BAD_FILE naming the path when `value` is no text of a length that ids have. */
export function idOf(value: unknown, name: string, path: string): string {
  if (typeof value !== 'string') throw badGraph(name, `${path} is not text`, path)
  if (value.length > MAX_ID_LENGTH)
    throw badGraph(name, `${path} has more than ${MAX_ID_LENGTH} characters`, path)
  return value
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
