/**
 * The released `beeg_config.json` as a checked configuration: every GPTConfig field, the defaults of the released
 * model code filled in, legacy spellings understood, everything else refused aloud (sparse-models.md §1.1, §7.1).
 */
import type { JsonValue } from '../domain/canonical-json.js'
import { InvalidInput, LimitExceeded } from '../domain/errors.js'
import type { ModelConfig, TopKSite } from '../domain/sparse-model-data.js'
import { TOPK_SITES } from '../domain/sparse-model-data.js'

/** They change how the original code runs or trains, never what the finished model computes. */
const RUNTIME_ONLY = new Set([
  'dropout',
  'dropout_cat_pos_emb',
  'flash',
  'grad_checkpointing',
  'enable_sparse_kernels',
  'debug_nans',
  'bigram_table_rank',
])

const MODEL_FIELDS = new Set([
  'block_size',
  'vocab_size',
  'n_layer',
  'n_head',
  'd_head',
  'd_model',
  'd_mlp',
  'n_mlp',
  'bias',
  'ln_bias',
  'rms_norm',
  'activation_type',
  'residual_activation_type',
  'afrac',
  'afrac_loctypes',
  'tied_unembed',
  'enable_bigram_table',
  'learnable_bigram_table',
  'd_pos_emb',
  'sinusoidal_cat_pos_emb',
  'sink',
  'tokenizer_name',
  'use_tied_aux_matrix',
])

/** The layer count decides how many names are looked for, so an absurd one is refused before any work. */
const MAX_LAYERS = 1_024
const MAX_WIDTH = 2 ** 31 - 1

/**
 * Reads a parsed `beeg_config.json`. Throws BAD_FILE for a wrong type or value, UNSUPPORTED for an option that this
 * project does not know or that the original itself cannot run (a sink without the flash path), LIMIT_EXCEEDED for
 * more than 1,024 layers; the message names the key and its value.
 */
export function parseModelConfig(json: unknown): ModelConfig {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) {
    throw new InvalidInput('BAD_FILE', 'the model configuration is not a JSON object')
  }
  const fields = json as Readonly<Record<string, unknown>>
  for (const key of Object.keys(fields)) {
    if (!MODEL_FIELDS.has(key) && !RUNTIME_ONLY.has(key)) {
      throw new InvalidInput(
        'UNSUPPORTED',
        `the model configuration has the option ${JSON.stringify(key)}, which is not known here`,
        {
          path: key,
          hint: 'an option that is not understood could change what the model computes, so it is refused, not skipped',
        },
      )
    }
  }
  if (flag(fields, 'use_tied_aux_matrix', false))
    unsupported('use_tied_aux_matrix', true, 'only false can be run')

  const dModel = width(fields, 'd_model', 768)
  const heads = width(fields, 'n_head', 12)
  if (dModel % heads !== 0) {
    throw new InvalidInput('BAD_FILE', `d_model ${dModel} is not a multiple of n_head ${heads}`, {
      path: 'd_model',
    })
  }
  const layers = width(fields, 'n_layer', 12)
  if (layers > MAX_LAYERS) {
    throw new LimitExceeded(`n_layer is ${layers}, at most ${MAX_LAYERS} layers are read`, {
      path: 'n_layer',
    })
  }
  const sink = flag(fields, 'sink', false)
  if (sink && !flag(fields, 'flash', true)) {
    unsupported(
      'sink',
      true,
      'a sink exists only on the flash path, and this configuration says flash: false',
    )
  }
  const afrac = fraction(fields, 'afrac')
  const topKSites = sites(fields)
  return {
    blockSize: width(fields, 'block_size', 1_024),
    vocabSize: width(fields, 'vocab_size', 50_304),
    layers,
    heads,
    dHead: optionalWidth(fields, 'd_head') ?? dModel / heads,
    dModel,
    dMlp: mlpWidth(fields) ?? 4 * dModel,
    bias: flag(fields, 'bias', true),
    lnBias: flag(fields, 'ln_bias', true),
    rmsNorm: flag(fields, 'rms_norm', false),
    activation: choice(fields, 'activation_type', ['gelu', 'relu'], 'gelu'),
    residualActivation: choice(fields, 'residual_activation_type', ['identity', 'relu'], 'identity'),
    afrac,
    topKSites: afrac === null ? [] : topKSites,
    tiedUnembed: flag(fields, 'tied_unembed', true),
    bigramTable: flag(fields, 'enable_bigram_table', false),
    learnableBigramTable: flag(fields, 'learnable_bigram_table', false),
    dPosEmb: optionalWidth(fields, 'd_pos_emb'),
    sinusoidalPositions: flag(fields, 'sinusoidal_cat_pos_emb', false),
    sink,
    tokenizer: text(fields, 'tokenizer_name', 'tinypython_2k'),
  }
}

/**
 * The configuration in the released spelling with every default filled in: what the model hash covers and the
 * catalogue shows. `parseModelConfig(modelConfigJson(c))` gives `c` back.
 */
export function modelConfigJson(config: ModelConfig): { readonly [key: string]: JsonValue } {
  return {
    block_size: config.blockSize,
    vocab_size: config.vocabSize,
    n_layer: config.layers,
    n_head: config.heads,
    d_head: config.dHead,
    d_model: config.dModel,
    d_mlp: config.dMlp,
    bias: config.bias,
    ln_bias: config.lnBias,
    rms_norm: config.rmsNorm,
    activation_type: config.activation,
    residual_activation_type: config.residualActivation,
    afrac: config.afrac,
    afrac_loctypes: config.topKSites.join(','),
    tied_unembed: config.tiedUnembed,
    enable_bigram_table: config.bigramTable,
    learnable_bigram_table: config.learnableBigramTable,
    d_pos_emb: config.dPosEmb,
    sinusoidal_cat_pos_emb: config.sinusoidalPositions,
    sink: config.sink,
    tokenizer_name: config.tokenizer,
  }
}

type Fields = Readonly<Record<string, unknown>>

function wrong(key: string, value: unknown, expected: string): never {
  throw new InvalidInput('BAD_FILE', `${key} is ${shown(value)}, expected ${expected}`, { path: key })
}

function unsupported(key: string, value: unknown, why: string): never {
  throw new InvalidInput('UNSUPPORTED', `${key} is ${shown(value)}: ${why}`, { path: key })
}

function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value)
  return json.length > 80 ? `${json.slice(0, 79)}…` : json
}

function width(fields: Fields, key: string, fallback: number): number {
  const value = fields[key]
  if (value === undefined) return fallback
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > MAX_WIDTH) {
    return wrong(key, value, `a whole number from 1 to ${MAX_WIDTH}`)
  }
  return value
}

function optionalWidth(fields: Fields, key: string): number | null {
  return fields[key] === undefined || fields[key] === null ? null : width(fields, key, 1)
}

function mlpWidth(fields: Fields): number | null {
  const current = optionalWidth(fields, 'd_mlp')
  const legacy = optionalWidth(fields, 'n_mlp')
  if (current !== null && legacy !== null && current !== legacy) {
    return wrong('n_mlp', legacy, `the same as d_mlp, ${current}`)
  }
  return current ?? legacy
}

function flag(fields: Fields, key: string, fallback: boolean): boolean {
  const value = fields[key]
  if (value === undefined) return fallback
  return typeof value === 'boolean' ? value : wrong(key, value, 'true or false')
}

function choice<const T extends string>(fields: Fields, key: string, known: readonly T[], fallback: T): T {
  const value = fields[key]
  if (value === undefined) return fallback
  return (
    known.find((word) => word === value) ?? unsupported(key, value, `only ${known.join(' and ')} can be run`)
  )
}

function text(fields: Fields, key: string, fallback: string): string | null {
  const value = fields[key]
  if (value === undefined) return fallback
  return value === null || typeof value === 'string' ? value : wrong(key, value, 'a string or null')
}

function fraction(fields: Fields, key: string): number | null {
  const value = fields[key]
  if (value === undefined || value === null) return null
  // `value >= 0` is also false for NaN.
  return typeof value === 'number' && value >= 0 && value <= 1
    ? value
    : wrong(key, value, 'null or a number from 0 to 1')
}

function sites(fields: Fields): readonly TopKSite[] {
  const value = fields['afrac_loctypes'] ?? 'attn_in,attn_out,mlp_in,mlp_out'
  if (typeof value !== 'string') return wrong('afrac_loctypes', value, 'a comma-separated string of places')
  const words = value === '' ? [] : value.split(',')
  for (const word of words) {
    if (!(TOPK_SITES as readonly string[]).includes(word)) {
      unsupported('afrac_loctypes', word, `AbsTopK acts at ${TOPK_SITES.join(', ')}`)
    }
  }
  return TOPK_SITES.filter((site) => words.includes(site))
}
