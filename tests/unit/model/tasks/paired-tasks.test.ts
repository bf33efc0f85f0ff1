import type { TaskData, TaskPrompt } from '../../../../src/domain/task.js'
import { greedyTokenizer } from '../../../../src/model/greedy-tokenizer.js'
import { checkTask } from '../../../../src/model/tasks/check-task.js'
import { type DrawnPair, drawnPairs, taskOfPairs } from '../../../../src/model/tasks/paired-task.js'
import { PYTHON_TASKS } from '../../../../src/model/tasks/python/python-tasks.js'
import { SMALL_PYTHON_TASKS } from '../../../../src/model/tasks/small-python/small-python-tasks.js'
import { SMALL_PYTHON_VOCABULARY } from '../../../../src/model/texts/small-python-vocabulary.js'
import { pythonTokenizer } from '../../../support/python-tokenizer.js'
import { hasPython, syntaxErrors } from '../../../support/real-python.js'

const SMALL = greedyTokenizer(SMALL_PYTHON_VOCABULARY)

/** Gao et al. 2025, Table 1. */
const PAPER =
  `single_double_quote bracket_counting set_or_string set_or_string_fixedvarname class_init final_kwarg with_as
  bracket_brace with_open for_while fstring_brace if_ternary var_swap indent_for lambda_func if_equals enumerate_range
  var_if while_return_true else_elif`.split(/\s+/)

const textOf = (prompt: TaskPrompt): string => (prompt.kind === 'text' ? prompt.text : '')

/** Everything of a prompt that plays no part, without blanks. */
function outside(task: TaskData['examples'][number], side: 'clean' | 'corrupt'): string {
  const text = textOf(task[side])
  const inside = new Set(
    Object.values(task.spans ?? {}).flatMap((span) => {
      const [start, end] = span[side]
      return Array.from({ length: end - start }, (_, i) => start + i)
    }),
  )
  return [...text].filter((letter, i) => !inside.has(i) && letter !== ' ').join('')
}

it('all twenty tasks of the paper are there over Python, and at least eight over the small language', () => {
  expect(PYTHON_TASKS.map(({ name }) => name).sort()).toEqual([...PAPER].sort())
  const small = SMALL_PYTHON_TASKS.map(({ name }) => name.replace('small-python/', ''))
  expect(small.length).toBeGreaterThanOrEqual(8)
  expect(small.every((name) => PAPER.includes(name))).toBe(true)
})

describe.each([...PYTHON_TASKS, ...SMALL_PYTHON_TASKS].map((task) => [task.name, task] as const))(
  '%s',
  (_, definition) => {
    const pairs = drawnPairs(definition)
    const task = taskOfPairs(definition)
    const tokenizer = definition.language === 'PYTHON' ? pythonTokenizer() : SMALL

    it('has enough pairs, and no prompt in two of them', () => {
      expect(pairs.length).toBeGreaterThan(400)
      const prompts = pairs.flatMap(({ variants }) => variants.map(({ prompt }) => prompt))
      expect(new Set(prompts).size).toBe(prompts.length)
    })

    it('has prompts that differ in their named parts alone, blanks aside', () => {
      for (const example of task.examples) expect(outside(example, 'clean')).toBe(outside(example, 'corrupt'))
    })

    it('names the roles that it publishes in every example, and no others', () => {
      const published = Object.keys(definition.roles).sort()
      for (const { spans } of task.examples) expect(Object.keys(spans!).sort()).toEqual(published)
    })

    it('holds out whole templates, and details within the others', () => {
      const of = (split: string) => task.examples.filter((example) => example.split === split)
      const templates = (split: string) => new Set(of(split).map(({ template }) => template))
      for (const template of templates('TEST')) {
        expect(templates('TRAIN').has(template)).toBe(false)
        expect(templates('HELD_OUT').has(template)).toBe(false)
      }
      for (const template of templates('HELD_OUT')) expect(templates('TRAIN').has(template)).toBe(true)
      expect(templates('TEST').size).toBeGreaterThanOrEqual(4)
      expect(of('TRAIN').length).toBeGreaterThan(200)
      expect(of('HELD_OUT').length).toBeGreaterThan(30)
      expect(of('TEST').length).toBeGreaterThan(90)
    })

    it('asks either side first about as often', () => {
      const first = task.examples.filter(({ target }) => target === task.examples[0]!.target).length
      // Answers that vary with the names say nothing here.
      if (new Set(task.examples.map(({ target }) => target)).size > 2) return
      expect(Math.abs(first / task.examples.length - 1 / 2)).toBeLessThan(0.1)
    })

    it('has answers of one token, and prompts aligned where it says so', () => {
      const { examples, dropped } = checkTask(task, tokenizer)
      const { NOT_ALIGNED, ...others } = dropped
      expect(Object.values(others).every((count) => count === 0)).toBe(true)
      if (!definition.aligned) expect(NOT_ALIGNED).toBe(0)
      // Under a small vocabulary some names are several tokens on one side.
      expect(examples.length).toBeGreaterThan(300)
      if (definition.language === 'SMALL_PYTHON') expect(examples).toHaveLength(task.examples.length)
    })

    it('has answers that stay tokens of their own in the whole program', () => {
      for (const pair of pairs.slice(0, 128)) {
        for (const { prompt, answer, rest } of pair.variants) {
          const upTo = tokenizer.encode(prompt + answer)
          expect(tokenizer.encode(prompt + answer + rest).slice(0, upTo.length)).toEqual(upTo)
        }
      }
    })
    ;(hasPython ? it : it.skip)('is Python when it is answered rightly', () => {
      expect(syntaxErrors(programsOf(pairs))).toEqual([])
    })
  },
)

function programsOf(pairs: readonly DrawnPair[]): readonly string[] {
  return pairs.flatMap(({ variants }) => variants.map(({ prompt, answer, rest }) => prompt + answer + rest))
}
