/**
 * Bracket depth in miniature (after Gao et al. 2025, Fig. 5): the first layer averages "open bracket" over the prompt,
 * the second turns that density into a yes or no against an attention sink. Every number here is explained in
 * `bracket-depth/README.md`.
 */
import { EMBEDDING_SIZE as E, handBuiltModel, STREAM_RMS } from './hand-built-model.js'
import type { ExpectedAnswers, ZooModel, ZooPrompt } from './zoo-files.js'

const VOCABULARY = ['[', ']', ']]', ',', 'x', '=', '1', '2', '3', 'a', 'b', ';'] as const
const id = (text: (typeof VOCABULARY)[number]): number => VOCABULARY.indexOf(text)
const ids = (text: string): number[] =>
  Array.from(text, (char) => VOCABULARY.indexOf(char as (typeof VOCABULARY)[number]))

// Channels of the residual stream; 5 to 7 only tell the tokens apart.
const OPEN = 0
const DEPTH = 1
const NESTED = 2
const CLOSE = 3
const ENDED = 4

const EMBEDDING: readonly (readonly [number, number, number])[] = [
  [id('['), OPEN, E],
  [id('['), 5, E],
  [id(']'), CLOSE, E],
  [id(']'), 5, E],
  [id(']]'), CLOSE, E],
  [id(']]'), 5, -E],
  [id(','), 5, E],
  [id(','), 6, E],
  [id('x'), 5, E],
  [id('x'), 6, -E],
  [id('='), 5, -E],
  [id('='), 6, E],
  [id('1'), 5, -E],
  [id('1'), 6, -E],
  [id('2'), 5, E],
  [id('2'), 7, E],
  [id('3'), 5, E],
  [id('3'), 7, -E],
  [id('a'), 5, -E],
  [id('a'), 7, E],
  [id('b'), 5, -E],
  [id('b'), 7, -E],
  [id(';'), 6, E],
  [id(';'), 7, E],
]

// Rows of c_attn with one head of one channel.
const Q = 0
const K = 1
const V = 2
const STEEPNESS = 160
const THRESHOLD = 30
const SINK = Math.log(8) + THRESHOLD
/** No sink in the first layer: e^−1000 is 0 in float64. */
const NO_SINK = -1_000
const SCALE = 16

const FLAT = 'x=[1,2,3'
const NESTED_PROMPT = 'x=[[1,23'
const PROMPTS: readonly ZooPrompt[] = [
  { name: 'flat', text: FLAT, target: ']', alternative: ']]' },
  { name: 'nested', text: NESTED_PROMPT, target: ']]', alternative: ']' },
  { name: 'diluted', text: 'x=[[1,2,3,1,2,33', target: ']]', alternative: ']' },
]
const REFERENCE = [FLAT, NESTED_PROMPT]

export const bracketDepth: ZooModel = {
  folder: 'bracket-depth',
  task: { name: 'bracket-depth', version: '1' },
  model: handBuiltModel({
    config: {
      block_size: 32,
      vocab_size: VOCABULARY.length,
      n_layer: 2,
      n_head: 1,
      d_head: 1,
      d_model: 8,
      d_mlp: 1,
      bias: true,
      ln_bias: false,
      rms_norm: true,
      activation_type: 'relu',
      afrac: null,
      tied_unembed: false,
      sink: true,
      tokenizer_name: null,
    },
    weights: {
      'transformer.wte.weight': EMBEDDING,
      'transformer.h.0.ln_1.weight': STREAM_RMS / E,
      'transformer.h.0.attn.c_attn.weight': [[V, OPEN, 1]],
      'transformer.h.0.attn.attn_imp.sink_logit': [[0, NO_SINK]],
      'transformer.h.0.attn.c_proj.weight': [[DEPTH, 0, 1]],
      'transformer.h.0.ln_2.weight': STREAM_RMS / E,
      'transformer.h.0.mlp.c_fc.weight': [[0, CLOSE, 1]],
      'transformer.h.0.mlp.c_proj.weight': [[ENDED, 0, 1]],
      'transformer.h.1.ln_1.weight': STREAM_RMS,
      'transformer.h.1.attn.c_attn.weight': [[Q, DEPTH, STEEPNESS]],
      'transformer.h.1.attn.c_attn.bias': [
        [K, 1],
        [V, 1],
      ],
      'transformer.h.1.attn.attn_imp.sink_logit': [[0, SINK]],
      'transformer.h.1.attn.c_proj.weight': [[NESTED, 0, 1]],
      'transformer.h.1.ln_2.weight': STREAM_RMS / E,
      'transformer.ln_f.weight': STREAM_RMS,
      'lm_head.weight': [
        [id(']]'), NESTED, SCALE],
        [id(']'), NESTED, -SCALE],
        [id(';'), ENDED, 4],
      ],
      final_logits_bias: [
        [id(']'), SCALE / 2],
        [id(']]'), -SCALE / 2],
      ],
    },
    vocabulary: VOCABULARY,
    referenceSet: { name: 'bracket-depth, one flat and one nested list', sequences: REFERENCE.map(ids) },
  }),
  nodes: {
    open: `0.attn.act_in[${OPEN}]`,
    count: '0.attn.v[0]',
    depthWrite: `0.attn.resid_delta[${DEPTH}]`,
    depthRead: `1.attn.act_in[${DEPTH}]`,
    query: '1.attn.q[0]',
    key: '1.attn.k[0]',
    value: '1.attn.v[0]',
    nestedWrite: `1.attn.resid_delta[${NESTED}]`,
  },
  prompts: PROMPTS,
  answers,
}

/** σ(160·depth + ln n − ln 8 − 30): the head's output, the attention that the sink does not take, when all n keys score 160·depth. */
function gate(depth: number, tokens: number): number {
  return 1 / (1 + Math.exp(SINK - Math.log(tokens) - STEEPNESS * depth))
}

/** Open brackets per token up to and with each position. */
function depths(text: string): number[] {
  return Array.from(text, (_, t) => text.slice(0, t + 1).split('[').length - 1).map(
    (open, t) => open / (t + 1),
  )
}

function answers({ text, target }: ZooPrompt): ExpectedAnswers {
  const sign = target === ']]' ? 1 : -1
  const answer = (nested: number): number => sign * (2 * SCALE * nested - SCALE)
  const gateAt = (depth: number): number => gate(depth, text.length)
  const reference = REFERENCE.map(depths)
  const meanOpen = mean(REFERENCE.map((sequence) => depths(sequence).at(-1)!))
  const meanDepth = mean(reference.flat())
  const meanGate = mean(reference.flatMap((sequence) => sequence.map((depth, t) => gate(depth, t + 1))))
  const full = answer(gateAt(depths(text).at(-1)!))
  const none = answer(gateAt(0))
  return {
    full,
    zero: {
      open: none,
      count: none,
      depthWrite: none,
      depthRead: none,
      query: none,
      key: none,
      value: answer(0),
      nestedWrite: answer(0),
    },
    mean: {
      open: answer(gateAt(meanOpen)),
      count: answer(gateAt(meanOpen)),
      depthWrite: answer(gateAt(meanDepth)),
      depthRead: answer(gateAt(meanDepth)),
      query: answer(gateAt(meanDepth)),
      key: full,
      value: full,
      nestedWrite: answer(meanGate),
    },
    keepOnly: { zero: full, mean: full },
    remove: { zero: answer(0), mean: answer(meanGate) },
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
