import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { modelConfigJson, parseModelConfig } from '../../../src/model/model-config.js'
import { REFERENCE_FOLDERS } from '../../support/reference-model.js'
import { describeWithShared } from '../../support/shared.js'

describe('a model configuration', () => {
  it('has the released defaults where nothing is said', () => {
    expect(parseModelConfig({})).toEqual({
      blockSize: 1024,
      vocabSize: 50304,
      layers: 12,
      heads: 12,
      dHead: 64,
      dModel: 768,
      dMlp: 3072,
      bias: true,
      lnBias: true,
      rmsNorm: false,
      activation: 'gelu',
      residualActivation: 'identity',
      afrac: null,
      topKSites: [],
      tiedUnembed: true,
      bigramTable: false,
      learnableBigramTable: false,
      dPosEmb: null,
      sinusoidalPositions: false,
      sink: false,
      tokenizer: 'tinypython_2k',
    })
  })

  it('has the released default sites for AbsTopK once a fraction is given, in one order', () => {
    expect(parseModelConfig({ afrac: 0.25 }).topKSites).toEqual(['attn_in', 'attn_out', 'mlp_in', 'mlp_out'])
    expect(parseModelConfig({ afrac: 0.25, afrac_loctypes: 'mlp_neuron,attn_q,attn_in' }).topKSites).toEqual([
      'attn_in',
      'attn_q',
      'mlp_neuron',
    ])
    expect(parseModelConfig({ afrac: 0.25, afrac_loctypes: '' }).topKSites).toEqual([])
  })

  it('derives widths from d_model unless they are given', () => {
    const config = parseModelConfig({ d_model: 24, n_head: 4, d_head: 16, d_mlp: null })
    expect([config.dHead, config.dMlp]).toEqual([16, 96])
    expect(parseModelConfig({ d_model: 24, n_head: 4, d_head: null }).dHead).toBe(6)
  })

  it('understands the legacy keys', () => {
    const config = parseModelConfig({
      d_model: 8,
      n_head: 2,
      n_mlp: 20,
      use_tied_aux_matrix: false,
      bigram_table_rank: 64,
    })
    expect(config.dMlp).toBe(20)
    expect(config.sink).toBe(false)
    expect(parseModelConfig({ d_mlp: 20, n_mlp: 20 }).dMlp).toBe(20)
  })

  it('drops what only matters to running or training', () => {
    const runtime = {
      dropout: 0.1,
      dropout_cat_pos_emb: true,
      flash: false,
      grad_checkpointing: false,
      enable_sparse_kernels: true,
      debug_nans: true,
    }
    expect(parseModelConfig(runtime)).toEqual(parseModelConfig({}))
  })

  it('comes back from its canonical JSON', () => {
    for (const fields of [
      {},
      { afrac: 0.5, afrac_loctypes: 'attn_v,resid_post_mlp' },
      { d_pos_emb: 8, sink: true, tokenizer_name: null },
    ]) {
      const config = parseModelConfig(fields)
      expect(parseModelConfig(JSON.parse(JSON.stringify(modelConfigJson(config))))).toEqual(config)
    }
  })

  it.each([
    [null, 'BAD_FILE', 'not a JSON object'],
    [[], 'BAD_FILE', 'not a JSON object'],
    [{ unembed_rank: 4 }, 'UNSUPPORTED', '"unembed_rank"'],
    [JSON.parse('{"__proto__": 1}'), 'UNSUPPORTED', '"__proto__"'],
    [{ use_tied_aux_matrix: true }, 'UNSUPPORTED', 'use_tied_aux_matrix is true'],
    [{ sink: true, flash: false }, 'UNSUPPORTED', 'a sink exists only on the flash path'],
    [{ activation_type: 'silu' }, 'UNSUPPORTED', 'activation_type is "silu"'],
    [{ residual_activation_type: 'gelu' }, 'UNSUPPORTED', 'residual_activation_type is "gelu"'],
    [{ afrac: 0.5, afrac_loctypes: 'attn_in, mlp_in' }, 'UNSUPPORTED', 'afrac_loctypes is " mlp_in"'],
    [{ afrac_loctypes: ['attn_in'] }, 'BAD_FILE', 'comma-separated'],
    [{ afrac: 1.5 }, 'BAD_FILE', 'afrac is 1.5'],
    [{ afrac: '0.5' }, 'BAD_FILE', 'afrac is "0.5"'],
    [{ d_model: 10, n_head: 4 }, 'BAD_FILE', 'd_model 10 is not a multiple of n_head 4'],
    [{ n_layer: 0 }, 'BAD_FILE', 'n_layer is 0'],
    [{ n_layer: 2.5 }, 'BAD_FILE', 'n_layer is 2.5'],
    [{ n_layer: 1e9 }, 'LIMIT_EXCEEDED', 'n_layer is 1000000000'],
    [{ d_pos_emb: 0 }, 'BAD_FILE', 'd_pos_emb is 0'],
    [{ bias: 1 }, 'BAD_FILE', 'bias is 1'],
    [{ d_mlp: 4, n_mlp: 5 }, 'BAD_FILE', 'n_mlp is 5, expected the same as d_mlp, 4'],
    [{ tokenizer_name: 3 }, 'BAD_FILE', 'tokenizer_name is 3'],
  ])('refuses %j by name', (fields, code, words) => {
    expect(() => parseModelConfig(fields)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(words) }),
    )
  })
})

describeWithShared('released configurations', (shared) => {
  it.each(REFERENCE_FOLDERS)('%s is read whole', (folder) => {
    const json = JSON.parse(
      readFileSync(join(shared, 'fixtures/circuit-sparsity-reference', folder, 'beeg_config.json'), 'utf8'),
    )
    const canonical = modelConfigJson(parseModelConfig(json))
    for (const [key, value] of Object.entries(json)) {
      if (['flash', 'grad_checkpointing', 'afrac_loctypes'].includes(key)) continue
      expect([key, canonical[key]]).toEqual([key, value])
    }
  })
})
