/** Large attribution graphs without cycles: a token, layers of features with edges to random ones of the next, a logit. */
import { buildCircuit } from '../../src/domain/build-circuit.js'
import type { Circuit } from '../../src/domain/graph-data.js'

export interface Layered {
  readonly layers: number
  /** Features of a layer. */
  readonly width: number
  /** Edges from each feature into the next layer. */
  readonly degree: number
  readonly seed: number
}

export function layeredCircuit({ layers, width, degree, seed }: Layered): Circuit {
  let state = seed
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  const count = (layers - 1) * width * degree + 2 * width
  const source = new Uint32Array(count)
  const target = new Uint32Array(count)
  const weight = new Float64Array(count)
  let e = 0
  const add = (from: number, to: number): void => {
    source[e] = from
    target[e] = to
    weight[e++] = random() * 2 - 1
  }
  for (let i = 0; i < width; i++) add(0, 1 + i)
  for (let layer = 0; layer + 1 < layers; layer++)
    for (let i = 0; i < width; i++)
      for (let d = 0; d < degree; d++)
        add(1 + layer * width + i, 1 + (layer + 1) * width + Math.floor(random() * width))
  for (let i = 0; i < width; i++) add(1 + (layers - 1) * width + i, layers * width + 1)
  return buildCircuit({
    source: 'ATTRIBUTION_GRAPH',
    edgeMeaning: 'SCALED_CONTRIBUTION',
    model: { kind: 'foreign', name: 'layered', dictionary: null },
    task: null,
    prompt: {
      text: 'a b',
      tokens: [
        { id: 1, text: 'a' },
        { id: 2, text: ' b' },
      ],
    },
    maskedSites: [],
    nodes: [
      { place: { site: { kind: 'token', token: 1 }, position: 0 } },
      ...Array.from({ length: layers * width }, (_, i) => ({
        place: {
          site: {
            kind: 'feature' as const,
            dictionary: null,
            layer: Math.floor(i / width),
            index: i % width,
          },
          position: 1,
        },
        activation: 1 + (i % 7),
      })),
      { place: { site: { kind: 'logit', token: 7 }, position: 1 }, probability: 0.5, isTarget: true },
    ],
    edges: { source, target, weight, kind: 'EFFECT' },
  })
}
