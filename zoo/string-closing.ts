/**
 * String closing in miniature (after Gao et al. 2025, Fig. 4): one head finds the quote that opened the string and
 * copies its type. Every number here is explained in `string-closing/README.md`.
 */
import { EMBEDDING_SIZE as E, handBuiltModel, STREAM_RMS } from './hand-built-model.js'
import type { ExpectedAnswers, ZooModel, ZooPrompt } from './zoo-files.js'

const VOCABULARY = ['"', "'", '(', ')', 'x', '=', 'a', 'b', 'c', 'd', 'e', 'f'] as const
const id = (text: (typeof VOCABULARY)[number]): number => VOCABULARY.indexOf(text)
const ids = (text: string): number[] =>
  Array.from(text, (char) => VOCABULARY.indexOf(char as (typeof VOCABULARY)[number]))

// Channels of the residual stream; 5 to 7 only tell the tokens apart.
const DET = 0
const TYPE = 1
const ANSWER = 2
const PAREN = 3
const UNCLOSED = 4

const EMBEDDING: readonly (readonly [number, number, number])[] = [
  [id('"'), DET, E],
  [id('"'), TYPE, E],
  [id("'"), DET, E],
  [id("'"), TYPE, -E],
  [id('('), PAREN, E],
  [id('('), 5, E],
  [id(')'), PAREN, -E],
  [id(')'), 5, E],
  [id('x'), 5, E],
  [id('x'), 6, E],
  [id('='), 5, E],
  [id('='), 6, -E],
  [id('a'), 5, -E],
  [id('a'), 6, E],
  [id('b'), 5, -E],
  [id('b'), 6, -E],
  [id('c'), 5, E],
  [id('c'), 7, E],
  [id('d'), 5, E],
  [id('d'), 7, -E],
  [id('e'), 5, -E],
  [id('e'), 7, E],
  [id('f'), 5, -E],
  [id('f'), 7, -E],
]

// Rows of c_attn with two heads of one channel: q0 q1 k0 k1 v0 v1. Head 0 closes strings, head 1 counts parentheses.
const Q0 = 0
const K0 = 2
const V0 = 4
const V1 = 5
const BETA = Math.log(9)
const SCALE = 16

const PROMPTS: readonly ZooPrompt[] = [
  { name: 'double', text: 'x=("abcdef', target: '"', alternative: "'" },
  { name: 'single', text: "x=('abcdef", target: "'", alternative: '"' },
  { name: 'short', text: 'x=("a', target: '"', alternative: "'" },
]

export const stringClosing: ZooModel = {
  folder: 'string-closing',
  task: { name: 'string-closing', version: '1' },
  model: handBuiltModel({
    config: {
      block_size: 16,
      vocab_size: VOCABULARY.length,
      n_layer: 1,
      n_head: 2,
      d_head: 1,
      d_model: 8,
      d_mlp: 1,
      bias: true,
      ln_bias: false,
      rms_norm: true,
      activation_type: 'relu',
      afrac: null,
      tied_unembed: false,
      tokenizer_name: null,
    },
    weights: {
      'transformer.wte.weight': EMBEDDING,
      'transformer.h.0.ln_1.weight': STREAM_RMS / E,
      'transformer.h.0.attn.c_attn.weight': [
        [K0, DET, BETA],
        [V0, TYPE, 1],
        [V1, PAREN, 1],
      ],
      'transformer.h.0.attn.c_attn.bias': [[Q0, 1]],
      'transformer.h.0.attn.c_proj.weight': [
        [ANSWER, 0, 1],
        [UNCLOSED, 1, 1],
      ],
      'transformer.h.0.ln_2.weight': STREAM_RMS / E,
      'transformer.h.0.mlp.c_fc.weight': [[0, PAREN, 1]],
      'transformer.h.0.mlp.c_proj.weight': [[UNCLOSED, 0, -1]],
      'transformer.ln_f.weight': STREAM_RMS,
      'lm_head.weight': [
        [id('"'), ANSWER, SCALE],
        [id("'"), ANSWER, -SCALE],
        [id(')'), UNCLOSED, 8],
      ],
    },
    vocabulary: VOCABULARY,
    referenceSet: {
      name: 'string-closing, balanced over the quotes',
      sequences: ['x=("abcdef', "x=('abcdef", '("fedcbax=', "('fedcbax="].map(ids),
    },
  }),
  nodes: {
    det: `0.attn.act_in[${DET}]`,
    type: `0.attn.act_in[${TYPE}]`,
    q: '0.attn.q[0]',
    k: '0.attn.k[0]',
    v: '0.attn.v[0]',
    write: `0.attn.resid_delta[${ANSWER}]`,
  },
  prompts: PROMPTS,
  answers,
}

/** With one quote among T tokens the head writes ±9/(9 + T − 1), and ±1/T once it no longer finds the quote. */
function answers({ text }: ZooPrompt): ExpectedAnswers {
  const length = text.length
  const full = (2 * SCALE * 9) / (9 + length - 1)
  const unfocused = (2 * SCALE) / length
  return {
    full,
    zero: { det: unfocused, type: 0, q: unfocused, k: unfocused, v: 0, write: 0 },
    mean: { det: unfocused, type: 0, q: full, k: unfocused, v: 0, write: 0 },
    keepOnly: { zero: full, mean: full },
    remove: { zero: 0, mean: 0 },
  }
}
