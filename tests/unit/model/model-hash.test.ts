/** One model, one id, whichever file its tensors came out of; and what `canonicalTensors` refuses. */
import type { Tensor } from '../../../src/domain/sparse-model-data.js'
import { modelHash } from '../../../src/model/model-hash.js'
import { canonicalTensors, expectedTensors } from '../../../src/model/tensor-table.js'
import { tensorValues } from '../../../src/model/tensor-values.js'
import { float64Tensor, microConfig, randomModel } from '../../support/micro-model.js'
import { REFERENCE_FOLDERS, readReference } from '../../support/reference-model.js'
import { describeWithShared } from '../../support/shared.js'

const config = microConfig()
const { tensors } = randomModel(config, 71)
const id = modelHash(config, tensors)

function change(name: string, edit: (values: Float32Array | Float64Array) => void): readonly Tensor[] {
  return tensors.map((tensor) => {
    if (tensor.name !== name) return tensor
    const values = tensorValues(tensor)
    edit(values)
    return float64Tensor(name, tensor.shape, values)
  })
}

function without(name: string, from: readonly Tensor[] = tensors): readonly Tensor[] {
  return from.filter((tensor) => tensor.name !== name)
}

describe('the hash of a model', () => {
  it('is 64 hex digits, as a second program makes them, and stays so from release to release', () => {
    expect(id).toMatch(/^[0-9a-f]{64}$/)
    const tiny = microConfig({
      block_size: 1,
      vocab_size: 1,
      n_layer: 1,
      n_head: 1,
      d_head: 1,
      d_model: 1,
      d_mlp: 1,
      bias: false,
    })
    const ones = expectedTensors(tiny).map(({ name, shape }) =>
      float64Tensor(name, shape, [1, 1, 1].slice(0, shape[0])),
    )
    expect(modelHash(tiny, ones)).toBe('726ea198ea016be0fac5d5e4f432407613c7a8e23618d5cbd5f1284d3e3dfc0a')
  })

  it('does not depend on the order of the tensors', () => {
    expect(modelHash(config, [...tensors].reverse())).toBe(id)
  })

  it('changes with one bit of one weight, with a stored type and with the configuration', () => {
    expect(
      modelHash(
        config,
        change('transformer.h.1.mlp.c_fc.bias', (values) => {
          values[3] = values[3]! + 1e-15
        }),
      ),
    ).not.toBe(id)
    const single = tensors.map((tensor) => {
      if (tensor.name !== 'transformer.ln_f.weight') return tensor
      return {
        ...tensor,
        dtype: 'F32' as const,
        bytes: new Uint8Array(Float32Array.from(tensorValues(tensor)).buffer),
      }
    })
    expect(modelHash(config, single)).not.toBe(id)
    expect(modelHash({ ...config, activation: 'relu' }, tensors)).not.toBe(id)
  })

  it('takes −0 for 0', () => {
    const zero = change('transformer.wte.weight', (values) => values.fill(0, 0, 5))
    const minus = change('transformer.wte.weight', (values) => values.fill(-0, 0, 5))
    expect(
      Object.is(
        new DataView(minus.find((t) => t.name === 'transformer.wte.weight')!.bytes.buffer).getFloat64(
          0,
          true,
        ),
        -0,
      ),
    ).toBe(true)
    expect(modelHash(config, minus)).toBe(modelHash(config, zero))
    const halves = (high: number) =>
      tensors.map((t) =>
        t.name === 'transformer.ln_f.weight'
          ? {
              ...t,
              dtype: 'F16' as const,
              bytes: Uint8Array.of(...[1, 2, 3, 4, 5, 6].flatMap(() => [0, high])),
            }
          : t,
      )
    expect(modelHash(config, halves(0x80))).toBe(modelHash(config, halves(0)))
    expect(modelHash(config, halves(0x81))).not.toBe(modelHash(config, halves(0x01)))
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'refuses %d by tensor and element',
    (value) => {
      const broken = tensors.map((t) => {
        if (t.name !== 'lm_head.weight') return t
        const bytes = Uint8Array.from(t.bytes)
        new DataView(bytes.buffer).setFloat64(16, value, true)
        return { ...t, bytes }
      })
      expect(() => modelHash(config, broken)).toThrow('tensor lm_head.weight is not finite at element 2')
      expect(() => tensorValues(broken.find((t) => t.name === 'lm_head.weight')!)).toThrow(
        `tensor lm_head.weight has ${value} at element 2`,
      )
    },
  )

  it('does not see buffers that only one kind of file carries', () => {
    const mask = float64Tensor('transformer.h.0.attn.bias', [1, 1, 8, 8], new Array(64).fill(1))
    expect(modelHash(config, [...tensors, mask])).toBe(id)
    const noBias = without('final_logits_bias')
    const zeroBias: Tensor = {
      name: 'final_logits_bias',
      dtype: 'F64',
      shape: [7],
      bytes: new Uint8Array(56),
    }
    expect(modelHash(config, [...noBias, zeroBias])).toBe(modelHash(config, noBias))
    expect(modelHash(config, noBias)).not.toBe(id)
  })

  it('sees a tied matrix once, under whichever name it comes', () => {
    const tied = microConfig({ tied_unembed: true })
    const one = randomModel(tied, 72).tensors
    const head = one.find((t) => t.name === 'lm_head.weight')!
    const embedding = { ...head, name: 'transformer.wte.weight' }
    const ids = [one, [...one, embedding], [...without('lm_head.weight', one), embedding]].map((list) =>
      modelHash(tied, list),
    )
    expect(new Set(ids).size).toBe(1)
    const other = { ...embedding, bytes: Uint8Array.from(embedding.bytes).fill(1, 0, 8) }
    expect(() => modelHash(tied, [...one, other])).toThrow('transformer.wte.weight and lm_head.weight differ')
  })
})

describe('the tensors of a configuration', () => {
  it('are refused by name when missing, unknown, doubled or of another shape', () => {
    const refused = (list: readonly Tensor[]) => () => canonicalTensors(config, list)
    const wte = tensors.find((t) => t.name === 'transformer.wte.weight')!
    expect(refused(without('transformer.h.1.ln_2.weight'))).toThrow(
      'tensor transformer.h.1.ln_2.weight of shape (6) is missing',
    )
    expect(refused([...tensors, { ...wte, name: 'transformer.h.2.ln_1.weight' }])).toThrow(
      'tensor transformer.h.2.ln_1.weight does not belong',
    )
    expect(refused([...tensors, wte])).toThrow('tensor transformer.wte.weight is there twice')
    expect(refused([...without(wte.name), { ...wte, shape: [6, 7] }])).toThrow(
      'tensor transformer.wte.weight has shape (6, 7), the configuration says (7, 6)',
    )
    expect(refused([...without(wte.name), { ...wte, bytes: wte.bytes.subarray(8) }])).toThrow(
      'has 328 bytes, its shape needs 336',
    )
    expect(refused([...without(wte.name), { ...wte, dtype: 'I64' }])).toThrow(
      'tensor transformer.wte.weight is stored as I64',
    )
  })

  it('belong to options: a sink or a bigram table where there should be none is not passed over', () => {
    const extra = randomModel(microConfig({ sink: true }), 1).tensors
    expect(() => canonicalTensors(config, extra)).toThrow(
      'tensor transformer.h.0.attn.attn_imp.sink_logit does not belong',
    )
    expect(() => canonicalTensors(microConfig({ enable_bigram_table: true }), tensors)).toThrow(
      'tensor bigram_table of shape (7, 7) is missing',
    )
  })

  it('come back unchanged the second time', () => {
    const once = canonicalTensors(config, without('final_logits_bias'))
    expect(canonicalTensors(config, once)).toEqual(once)
  })
})

describe('stored numbers', () => {
  it('are read exactly from every floating type', () => {
    const tensor = (dtype: Tensor['dtype'], bytes: readonly number[]): Tensor => ({
      name: 't',
      dtype,
      shape: [bytes.length / 2],
      bytes: Uint8Array.from(bytes),
    })
    // 1, −2, 65504 (largest half), 2⁻²⁴ (smallest), −0
    expect(
      Array.from(tensorValues(tensor('F16', [0x00, 0x3c, 0x00, 0xc0, 0xff, 0x7b, 0x01, 0x00, 0x00, 0x80]))),
    ).toEqual([1, -2, 65504, 2 ** -24, 0])
    // 1, −2, 3.140625, the largest finite
    expect(
      Array.from(tensorValues(tensor('BF16', [0x80, 0x3f, 0x00, 0xc0, 0x49, 0x40, 0x7f, 0x7f]))),
    ).toEqual([1, -2, 3.140625, 255 * 2 ** 120])
    expect(() => tensorValues(tensor('F16', [0x00, 0x7c]))).toThrow('Infinity at element 0')
    expect(() => tensorValues(tensor('BF16', [0xc0, 0x7f]))).toThrow('NaN at element 0')
  })
})

describeWithShared('the reference models', (shared) => {
  it('hash to three ids', () => {
    const ids = REFERENCE_FOLDERS.map((folder) => {
      const { data } = readReference(shared, folder)
      return modelHash(data.config, data.tensors)
    })
    expect(new Set(ids).size).toBe(3)
  })
})
