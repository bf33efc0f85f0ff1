/** Generated graphs for the structure benchmarks, as columns, and the files that peers read them from. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const SEED = 12345

export interface Columns {
  readonly nodeCount: number
  readonly source: Uint32Array
  readonly target: Uint32Array
  readonly weight: Float64Array
}

function lcg(): () => number {
  let state = SEED
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 4294967296
  }
}

/**
 * `layers` layers of `width` nodes, each with edges to `degree` different nodes of the next layer; one source (node 0)
 * before them and one sink (the last node) behind. Weights in [−1, 1). No parallel edges.
 */
export function layeredGraph(layers: number, width: number, degree: number): Columns {
  const random = lcg()
  const edges = (layers - 1) * width * degree + 2 * width
  const source = new Uint32Array(edges)
  const target = new Uint32Array(edges)
  const weight = new Float64Array(edges)
  const sink = layers * width + 1
  let e = 0
  const add = (from: number, to: number): void => {
    source[e] = from
    target[e] = to
    weight[e++] = random() * 2 - 1
  }
  for (let i = 0; i < width; i++) add(0, 1 + i)
  for (let layer = 0; layer + 1 < layers; layer++)
    for (let i = 0; i < width; i++) {
      // Steps of 1 modulo 10 are coprime to a width that is a power of ten.
      const first = Math.floor(random() * width)
      const step = 10 * Math.floor((random() * width) / 10) + 1
      for (let d = 0; d < degree; d++)
        add(1 + layer * width + i, 1 + (layer + 1) * width + ((first + d * step) % width))
    }
  for (let i = 0; i < width; i++) add(1 + (layers - 1) * width + i, sink)
  return { nodeCount: sink + 1, source, target, weight }
}

export interface AttributionShape {
  readonly tokens: number
  readonly logits: number
}

/**
 * The shape of an attribution graph: tokens, layers of features, logits; every node reads from a share of `density` of
 * all that lie in earlier layers. Edges stand in canonical order, as they are stored.
 */
export function attributionGraph(
  layers: number,
  width: number,
  density: number,
  { tokens, logits }: AttributionShape,
): Columns {
  const random = lcg()
  const nodeCount = tokens + layers * width + logits
  /** First node of the next layer. */
  const layerEnd = (u: number): number => {
    if (u < tokens) return tokens
    return Math.min(tokens + width * (Math.floor((u - tokens) / width) + 1), nodeCount)
  }
  let most = 0
  for (let u = 0; u < nodeCount; u++) most += nodeCount - layerEnd(u)
  const source = new Uint32Array(most)
  const target = new Uint32Array(most)
  const weight = new Float64Array(most)
  let e = 0
  for (let u = 0; u < tokens + layers * width; u++)
    for (let v = layerEnd(u); v < nodeCount; v++) {
      if (random() >= density) continue
      source[e] = u
      target[e] = v
      // What the peer holds in float32 is what is held here.
      weight[e++] = Math.fround((random() * 2 - 1) ** 3)
    }
  return { nodeCount, source: source.slice(0, e), target: target.slice(0, e), weight: weight.slice(0, e) }
}

/** `<name>.ends`, `.weight` and `.json` for bench/peers/graph_questions.py. */
export function writeColumns(
  folder: string,
  name: string,
  { nodeCount, source, target, weight }: Columns,
  facts: object,
): void {
  const bytes = (of: Uint32Array | Float64Array): Buffer =>
    Buffer.from(of.buffer, of.byteOffset, of.byteLength)
  writeFileSync(join(folder, `${name}.ends`), Buffer.concat([bytes(source), bytes(target)]))
  writeFileSync(join(folder, `${name}.weight`), bytes(weight))
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ nodes: nodeCount, ...facts }))
}
