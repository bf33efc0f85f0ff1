import fc from 'fast-check'
import {
  parseAddress,
  parseEdgeAddress,
  printAddress,
  printEdgeAddress,
} from '../../../src/domain/address.js'
import { CircuitQLError } from '../../../src/domain/errors.js'
import { addressOf, anyEdgeAddress, SITE_KINDS } from './arbitraries.js'

function refusalOf(parse: () => unknown): CircuitQLError {
  try {
    parse()
  } catch (error) {
    if (error instanceof CircuitQLError) return error
    throw error
  }
  throw new Error('the address was accepted')
}

describe('the address grammar', () => {
  it.each(SITE_KINDS)('reads back what it prints: %s', (kind) => {
    fc.assert(
      fc.property(addressOf(kind), (address) => {
        const text = printAddress(address)
        expect(parseAddress(text)).toEqual(address)
        expect(printAddress(parseAddress(text))).toBe(text)
      }),
      { numRuns: 200 },
    )
  })

  it('reads back what it prints: edges', () => {
    fc.assert(
      fc.property(anyEdgeAddress, (edge) => {
        expect(parseEdgeAddress(printEdgeAddress(edge))).toEqual(edge)
      }),
      { numRuns: 500 },
    )
  })

  // The examples of the grammar, each canonical already.
  it.each([
    '3.attn.q[17]',
    '0.mlp.post_act[2790]',
    '10.attn.resid_delta[83]',
    '3.attn.q[17]@4',
    '2.resid_in[5]',
    '2.resid_mid[5]',
    '2.attn.y[5]',
    '2.attn.pattern(1,7,3)',
    'embed[9]',
    'final_resid[9]@0',
    'token(5)@0',
    'token(" Dallas")',
    'logit(26865)',
    'feature(3/17)',
    'feature(gemma-scope:3/17)@4',
    'feature("a b":3/17)',
    'feature(-1/17)',
    'error(4)@2',
    'error(4/attn)',
    'bias(4/b_dec)',
    'neuron(4.13000)',
    'component("attn out"/7)',
    'target("Austin - Dallas")',
    'head(9.6)',
    'mlp(11)',
    'input',
    'logits',
    'rms(3.attn.q[17])@4',
    'group("capitals")',
    'node("E_2_3")',
    'feature(0/18014398509481)',
  ])('holds %s', (text) => {
    expect(printAddress(parseAddress(text))).toBe(text)
  })

  it.each([
    'head(9.6)->head(10.0):Q',
    'input->logits',
    'token(5)@0->feature(3/17)@4#2',
    'input->head(1.1):K#3',
  ])('holds the edge %s', (text) => {
    expect(printEdgeAddress(parseEdgeAddress(text))).toBe(text)
  })

  it('says one place in one way: other spellings read as the same place and print canonically', () => {
    expect(printAddress(parseAddress('token("\\u0061")'))).toBe('token("a")')
    expect(printAddress(parseAddress('feature("plain":3/17)'))).toBe('feature(plain:3/17)')
    expect(printAddress(parseAddress('node("\\/")'))).toBe('node("/")')
  })

  it('keeps a vocabulary id and a quoted token apart', () => {
    expect(parseAddress('token(5)').site).toEqual({ kind: 'token', token: 5 })
    expect(parseAddress('token("5")').site).toEqual({ kind: 'token', token: '5' })
  })
})

describe('a malformed address', () => {
  // Text, position of the first wrong character (from 1), and what the sentence must say there.
  it.each([
    ['', 1, 'expected a site'],
    [' input', 1, 'expected a site'],
    ['input ', 6, 'expected the end'],
    ['Input', 1, 'expected a site'],
    ['logit', 6, 'expected "("'],
    ['logit(', 7, 'a vocabulary id or a quoted token'],
    ['logit()', 7, 'a vocabulary id or a quoted token'],
    ['logit(5', 8, 'expected ")"'],
    ['logit(-5)', 7, 'a vocabulary id'],
    ['logit(05)', 8, 'expected ")"'],
    ['logit(5))', 9, 'expected the end'],
    ['logit("a)', 7, 'a JSON string'],
    ['logit("\n")', 7, 'a JSON string'],
    ["logit('a')", 7, 'a vocabulary id or a quoted token'],
    ['token(9007199254740992)', 7, '2^53'],
    ['token(99999999999999999999999)', 7, '2^53'],
    ['3', 2, 'expected "."'],
    ['3.', 3, 'a block'],
    ['3.attn', 7, 'expected "."'],
    ['3.attn.', 8, 'a tap of attn'],
    ['3.attn.post_act[1]', 8, 'a tap of attn: act_in, q, k, v, resid_delta'],
    ['3.mlp.q[1]', 7, 'a tap of mlp: act_in, post_act, resid_delta'],
    ['3.mlp.pattern(1,2,3)', 7, 'a tap of mlp'],
    ['3.attn.q', 9, 'expected "["'],
    ['3.attn.q[', 10, 'an index'],
    ['3.attn.q[]', 10, 'an index'],
    ['3.attn.q[-1]', 10, 'an index'],
    ['3.attn.q[1.5]', 11, 'expected "]"'],
    ['3.attn.q[1', 11, 'expected "]"'],
    ['3.attn.q[1]@', 13, 'a token position'],
    ['3.attn.q[1]@-1', 13, 'a token position'],
    ['3.attn.q[1]@1@2', 14, 'expected the end'],
    ['3.attn.q[1]x', 12, 'expected the end'],
    ['-2.attn.q[1]', 1, 'a layer'],
    ['-12.attn.q[1]', 3, 'expected "."'],
    ['03.attn.q[1]', 2, 'expected "."'],
    ['3.attn.pattern(1,2)', 19, 'expected ","'],
    ['3.attn.pattern(1, 2,3)', 18, 'a query position'],
    ['feature(3)', 10, 'expected "/"'],
    ['feature(a/3)', 10, 'expected ":"'],
    ['feature(:3/1)', 9, 'a dictionary name or a layer'],
    ['feature(3/x)', 11, 'a feature index'],
    ['error(x)', 7, 'a layer'],
    ['error(3/)', 9, 'a kind of error'],
    ['bias(3)', 7, 'expected "/"'],
    ['head(3)', 7, 'expected "."'],
    ['head(3.1.2)', 9, 'expected ")"'],
    ['mlp(-3)', 5, 'a layer'],
    ['component(a/1)', 11, 'a JSON string'],
    ['component("a")', 14, 'expected "/"'],
    ['group(a)', 7, 'a JSON string'],
    ['node("\\x")', 6, 'a JSON string'],
    ['rms()', 5, 'expected a site'],
    ['rms(input', 10, 'expected ")"'],
    ['embed(3)', 6, 'expected "["'],
    ['a->b', 1, 'expected a site'],
    [`${'rms('.repeat(10)}input${')'.repeat(10)}`, 37, 'nests at most 8 deep'],
  ])('%j is refused at position %i', (text, position, expected) => {
    const refusal = refusalOf(() => parseAddress(text))
    expect(refusal.code).toBe('BAD_ADDRESS')
    expect(refusal.facts['position']).toBe(position)
    expect(refusal.message).toContain(expected)
    expect(refusal.message).toContain(JSON.stringify(text))
    expect(refusal.message).not.toMatch(/\n/)
  })

  it.each([
    ['input', 6, 'expected "->"'],
    ['input->', 8, 'expected a site'],
    ['input->logits:', 15, 'a port Q, K or V'],
    ['input->logits:O', 15, 'a port Q, K or V'],
    ['input->logits#', 15, 'the number of a parallel edge'],
    ['input->logits#0', 15, 'the number of a parallel edge, from 1'],
    ['input->logits#1:Q', 16, 'expected the end'],
    ['input -> logits', 6, 'expected "->"'],
  ])('as an edge %j is refused at position %i', (text, position, expected) => {
    const refusal = refusalOf(() => parseEdgeAddress(text))
    expect(refusal).toMatchObject({ code: 'BAD_ADDRESS', facts: { position } })
    expect(refusal.message).toContain(expected)
  })

  it('is refused before it is read when it is too long, and shown cut short', () => {
    const refusal = refusalOf(() => parseAddress(`node("${'x'.repeat(5_000_000)}")`))
    expect(refusal.code).toBe('BAD_ADDRESS')
    expect(refusal.message.length).toBeLessThan(300)
    expect(refusalOf(() => parseAddress('x'.repeat(4_000))).message.length).toBeLessThan(300)
  })

  it('never gives anything but BAD_ADDRESS, whatever the text', () => {
    const pieces = fc.constantFrom(
      'token(',
      'logit(',
      'feature(',
      'rms(',
      'head(',
      'node(',
      'input',
      'logits',
      'embed[',
      'attn.',
      'mlp.',
      'q[',
      'resid_in[',
      ')',
      ']',
      '.',
      '/',
      ':',
      '@',
      '#',
      '->',
      '-1',
      '0',
      '17',
      '"a"',
      '"',
      '\\',
      ' ',
      ',',
      'x',
    )
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces, { maxLength: 9 }).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(texts, (text) => {
        try {
          const address = parseAddress(text)
          expect(parseAddress(printAddress(address))).toEqual(address)
        } catch (error) {
          expect(error).toMatchObject({ code: 'BAD_ADDRESS' })
        }
      }),
      { numRuns: 5_000 },
    )
  })

  it('is found when one character of a good address is changed, dropped or doubled, or it reads as another place', () => {
    const change = fc.record({
      at: fc.nat(200),
      how: fc.constantFrom('drop', 'double', 'swap'),
      into: fc.string({ minLength: 1, maxLength: 1 }),
    })
    fc.assert(
      fc.property(anyEdgeAddress, change, (edge, { at, how, into }) => {
        const text = printEdgeAddress(edge)
        const i = at % text.length
        const middle = how === 'drop' ? '' : how === 'double' ? text[i]! + text[i]! : into
        const changed = text.slice(0, i) + middle + text.slice(i + 1)
        try {
          const parsed = parseEdgeAddress(changed)
          expect(parseEdgeAddress(printEdgeAddress(parsed))).toEqual(parsed)
        } catch (error) {
          expect(error).toMatchObject({ code: 'BAD_ADDRESS' })
        }
      }),
      { numRuns: 1_000 },
    )
  })
})
