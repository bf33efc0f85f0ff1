import {
  embeddingRow,
  maskableSites,
  residualGain,
  unembeddingRow,
  weightEdges,
} from '../../../src/model/model-graph.js'
import { prepareModel } from '../../../src/model/prepared-model.js'
import { tensorValues } from '../../../src/model/tensor-values.js'
import { handMadeModel, microConfig, randomModel } from '../../support/micro-model.js'

const data = randomModel(microConfig({ d_pos_emb: 2 }), 81)
const model = prepareModel(data)
const dense = (name: string, row: number, column: number) => {
  const tensor = data.tensors.find((t) => t.name === name)!
  return tensorValues(tensor)[row * tensor.shape[1]! + column]!
}

/** Every nonzero weight, found by reading the dense matrices. */
function bruteForce(keep: (tap: string, index: number) => boolean): string[] {
  const edges: string[] = []
  const MATRICES = [
    ['attn.c_attn', 'attn.act_in', ['attn.q', 'attn.k', 'attn.v'], 6, 8],
    ['attn.c_proj', 'attn.v', ['attn.resid_delta'], 6, 6],
    ['mlp.c_fc', 'mlp.act_in', ['mlp.post_act'], 9, 8],
    ['mlp.c_proj', 'mlp.post_act', ['mlp.resid_delta'], 6, 9],
  ] as const
  for (let layer = 0; layer < 2; layer++) {
    for (const [name, source, targets, height, width] of MATRICES) {
      for (let column = 0; column < width; column++) {
        targets.forEach((target, part) => {
          for (let row = 0; row < height; row++) {
            const weight = dense(`transformer.h.${layer}.${name}.weight`, part * height + row, column)
            if (weight === 0 || !keep(`${layer}.${source}`, column) || !keep(`${layer}.${target}`, row))
              continue
            edges.push(`${layer}.${source}[${column}]->${layer}.${target}[${row}] ${weight}`)
          }
        })
      }
    }
  }
  return edges
}

function edgesOf(keep: Parameters<typeof weightEdges>[1]): string[] {
  const edges = weightEdges(model, keep)
  return Array.from({ length: edges.count }, (_, e) => {
    const source = `${edges.sites[edges.sourceSite[e]!]!.tap}[${edges.sourceIndex[e]}]`
    const target = `${edges.sites[edges.targetSite[e]!]!.tap}[${edges.targetIndex[e]}]`
    return `${source}->${target} ${edges.weight[e]}`
  })
}

describe('the maskable sites', () => {
  it('stand in forward order with their widths; reads are wider where positions are concatenated', () => {
    expect(
      maskableSites(data.config)
        .slice(0, 8)
        .map(({ tap, width }) => `${tap} ${width}`),
    ).toEqual([
      '0.attn.act_in 8',
      '0.attn.q 6',
      '0.attn.k 6',
      '0.attn.v 6',
      '0.attn.resid_delta 6',
      '0.mlp.act_in 8',
      '0.mlp.post_act 9',
      '0.mlp.resid_delta 6',
    ])
  })

  it('count the nodes that the release counts for csp_yolo1', () => {
    const config = microConfig({ n_layer: 12, d_model: 1024, n_head: 128, d_head: 8, d_mlp: 4096 })
    const nodes = maskableSites(config).reduce((sum, { width }) => sum + width, 0)
    expect(nodes + config.dModel).toBe(136_192) // final_resid is counted there too
  })
})

describe('the weight edges', () => {
  it('are the nonzero weights of the four matrices, v standing for y', () => {
    expect(edgesOf(null)).toEqual(bruteForce(() => true))
    expect(edgesOf(null).length).toBeGreaterThan(100)
  })

  it('have both ends kept', () => {
    const kept = new Map(
      maskableSites(data.config).map(({ tap, width }, i) => [
        tap,
        Array.from({ length: width }, (_, c) => c).filter((c) => (c + i) % 3 !== 0),
      ]),
    )
    expect(edgesOf(kept).sort()).toEqual(bruteForce((tap, index) => kept.get(tap)!.includes(index)).sort())
    expect(edgesOf(new Map())).toEqual([])
    expect(edgesOf(new Map([['final_resid', [0]]]))).toEqual([])
  })

  it('make 3 nodes and 2 edges of a neuron with one read and one write', () => {
    const micro = prepareModel(
      handMadeModel(microConfig({ n_layer: 1 }), {
        'transformer.h.0.mlp.c_fc.weight': { '4,2': 0.5 },
        'transformer.h.0.mlp.c_proj.weight': { '1,4': -2 },
      }),
    )
    const edges = weightEdges(micro, null)
    expect([edges.count, ...edges.sourceIndex, ...edges.targetIndex, ...edges.weight]).toEqual([
      2, 2, 4, 4, 1, 0.5, -2,
    ])
  })

  it('refuse a site or channel that is not there', () => {
    expect(() => weightEdges(model, new Map([['0.attn.y', [0]]]))).toThrow(
      '"0.attn.y" is not a maskable site',
    )
    expect(() => weightEdges(model, new Map([['0.attn.q', [6]]]))).toThrow(
      '0.attn.q has channels 0 to 5, not 6',
    )
  })
})

describe('residual links', () => {
  it('have the gain of the norm that the channel is read through', () => {
    const gain = (name: string, c: number) => tensorValues(data.tensors.find((t) => t.name === name)!)[c]
    expect(residualGain(model, '1.attn.act_in', 3)).toBe(gain('transformer.h.1.ln_1.weight', 3))
    expect(residualGain(model, '0.mlp.act_in', 5)).toBe(gain('transformer.h.0.ln_2.weight', 5))
    expect(residualGain(model, 'final_resid', 0)).toBe(1)
  })

  it('do not reach concatenated positions or anything that is no read', () => {
    for (const [tap, index] of [
      ['0.attn.act_in', 6],
      ['0.attn.q', 0],
      ['2.attn.act_in', 0],
      ['final_resid', 6],
      ['0.attn.act_in', -1],
    ] as const) {
      expect(residualGain(model, tap, index)).toBeNull()
    }
  })

  it('end in token rows, the final gain folded into the unembedding', () => {
    const gain = tensorValues(data.tensors.find((t) => t.name === 'transformer.ln_f.weight')!)
    expect(Array.from(embeddingRow(model, 4))).toEqual(
      Array.from({ length: 6 }, (_, c) => dense('transformer.wte.weight', 4, c)),
    )
    expect(Array.from(unembeddingRow(model, 4))).toEqual(
      Array.from({ length: 6 }, (_, c) => gain[c]! * dense('lm_head.weight', 4, c)),
    )
    expect(() => embeddingRow(model, 7)).toThrow('token 7 is not in the vocabulary of 7')
    expect(() => unembeddingRow(model, -1)).toThrow('token -1')
  })
})
