import fc from 'fast-check'
import { greedyTokenizer } from '../../../../src/model/greedy-tokenizer.js'
import { Draws } from '../../../../src/model/tasks/generated.js'
import { trainingText, untrainedPrompts } from '../../../../src/model/tasks/paired-task.js'
import { SMALL_PYTHON_TASKS } from '../../../../src/model/tasks/small-python/small-python-tasks.js'
import { STATEMENT_KINDS, smallPython } from '../../../../src/model/texts/small-python.js'
import { SMALL_PYTHON_VOCABULARY } from '../../../../src/model/texts/small-python-vocabulary.js'

const rowsOf = (tokens: Int32Array, length: number): string[] =>
  Array.from({ length: tokens.length / length }, (_, row) =>
    Array.from(tokens.subarray(row * length, (row + 1) * length), (id) => SMALL_PYTHON_VOCABULARY[id]).join(
      '',
    ),
  )

describe('small-python', () => {
  const source = smallPython(1)

  it('gives the same tokens for the same seed and step, and others for others', () => {
    expect(smallPython(1).batch(7, 8, 32)).toEqual(source.batch(7, 8, 32))
    expect(source.batch(8, 8, 32)).not.toEqual(source.batch(7, 8, 32))
    expect(smallPython(2).batch(7, 8, 32)).not.toEqual(source.batch(7, 8, 32))
  })

  it('gives the first rows of a longer batch as a shorter one', () => {
    expect(source.batch(3, 8, 32).subarray(0, 4 * 32)).toEqual(source.batch(3, 4, 32))
  })

  it('is read back by its vocabulary', () => {
    const tokenizer = greedyTokenizer(SMALL_PYTHON_VOCABULARY)
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(...SMALL_PYTHON_TASKS), (seed, task) => {
        const text = trainingText(task, new Draws(seed), new Set())
        expect(
          tokenizer
            .encode(text)
            .map((id) => SMALL_PYTHON_VOCABULARY[id])
            .join(''),
        ).toBe(text)
      }),
    )
    const row = source.batch(0, 1, 64)
    expect(tokenizer.encode(rowsOf(row, 64)[0]!)).toEqual([...row])
  })

  it('holds rows out that training never shows, the same for every run', () => {
    const heldOut = rowsOf(source.heldOut(64, 16), 16)
    expect(smallPython(9).heldOut(64, 16)).toEqual(source.heldOut(64, 16))
    expect(new Set(heldOut).size).toBeGreaterThan(60)
    const kept = new Set(heldOut)
    for (let step = 0; step < 200; step++)
      for (const row of rowsOf(source.batch(step, 16, 16), 16)) expect(kept.has(row)).toBe(false)
  })

  it('never shows a prompt that a task holds out', () => {
    const prompts = SMALL_PYTHON_TASKS.flatMap(untrainedPrompts)
    const shown = [source.batch(0, 400, 64), source.heldOut(100, 64)].flatMap((tokens) => rowsOf(tokens, 64))
    const text = `\n${shown.join('\0\n')}`
    expect(prompts.filter((prompt) => text.includes(`\n${prompt}`))).toEqual([])
  })

  it('shows every kind of statement about as often', () => {
    const text = rowsOf(source.batch(0, 400, 64), 64).join('\n')
    const signs: Readonly<Record<string, RegExp>> = {
      single_double_quote: /\(["']/g,
      bracket_counting: /\[\[/g,
      set_or_string: /set\(\)/g,
      for_while: /while \w+:/g,
      with_as: /with open/g,
      lambda_func: /lambda/g,
      else_elif: /elif/g,
      while_return_true: /while True/g,
      bracket_brace: /\{/g,
      var_swap: /(\w), (\w) = \2, \1/g,
      enumerate_range: /enumerate/g,
      if_equals: /if \w == \w:\n {4}print/g,
    }
    expect(Object.keys(signs).sort()).toEqual([...STATEMENT_KINDS].sort())
    for (const sign of Object.values(signs)) expect(text.match(sign)?.length ?? 0).toBeGreaterThan(30)
  })

  it('shows the kinds that are asked for alone, and says which they are', () => {
    const some = smallPython(1, ['var_swap', 'bracket_counting'])
    expect(some.name).toBe('small-python@1 (bracket_counting, var_swap)')
    expect(source.name).toBe('small-python@1')
    expect(rowsOf(some.batch(0, 50, 32), 32).join('\n')).not.toMatch(/print|for|else|set/)
    expect(() => smallPython(1, ['with_open'])).toThrow('small-python has no statements "with_open"')
    expect(() => smallPython(1, [])).toThrow('small-python has no statements')
  })

  it('has one id per word', () => {
    expect(new Set(SMALL_PYTHON_VOCABULARY).size).toBe(SMALL_PYTHON_VOCABULARY.length)
  })
})
