import type { TaskExample } from '../../../../src/domain/task.js'
import { greedyTokenizer } from '../../../../src/model/greedy-tokenizer.js'
import { checkTask, requireExamples } from '../../../../src/model/tasks/check-task.js'

const tokenizer = greedyTokenizer(['a', 'b', '(', '((', ')', '))', 'ab'])

const example = (clean: string, corrupt: string, more: Partial<TaskExample> = {}): TaskExample => ({
  clean: { kind: 'text', text: clean },
  corrupt: { kind: 'text', text: corrupt },
  target: ')',
  alternative: '))',
  template: null,
  split: 'TEST',
  roles: {},
  ...more,
})

const reasons = (given: TaskExample, aligned = false) => {
  const { examples, dropped } = checkTask({ examples: [given], aligned }, tokenizer)
  return examples.length === 1
    ? []
    : Object.entries(dropped).flatMap(([reason, n]) => (n === 1 ? reason : []))
}

describe('a task under a tokenizer', () => {
  it('gives token ids and the positions of its parts in either prompt', () => {
    const spans = { open: { clean: [0, 1], corrupt: [0, 2] } } as const
    const { examples } = checkTask({ examples: [example('(a', '((a', { spans })], aligned: true }, tokenizer)
    expect(examples).toEqual([
      {
        clean: [2, 0],
        corrupt: [3, 0],
        target: 4,
        alternative: 5,
        template: null,
        split: 'TEST',
        roles: { clean: { open: [0] }, corrupt: { open: [0] } },
      },
    ])
  })

  it.each([
    ['UNKNOWN_TEXT', example('(x', '((a')],
    ['UNKNOWN_TEXT', example('(a', '((a', { target: 'x' })],
    ['UNKNOWN_TEXT', example('(a', '((a', { target: 7 })],
    ['UNKNOWN_TEXT', example('(a', '((a', { clean: { kind: 'tokens', tokens: [7] } })],
    ['ANSWER_NOT_ONE_TOKEN', example('(a', '((a', { alternative: '))b' })],
    ['ANSWER_JOINS_PROMPT', example('(a', '((a', { target: 'b' })],
    ['ANSWER_JOINS_PROMPT', example('(a', '((a)')],
    ['SAME_ANSWER', example('(a', '((a', { alternative: ')' })],
    ['SAME_PROMPT', example('(a', '(a')],
  ])('drops an example for %s', (reason, given) => {
    expect(reasons(given)).toEqual([reason])
  })

  it('drops prompts of unequal length where the task promises equal ones, and only there', () => {
    expect(reasons(example('(a', '((aa'))).toEqual([])
    expect(reasons(example('(a', '((aa'), true)).toEqual(['NOT_ALIGNED'])
    const moved = { spans: { part: { clean: [0, 1], corrupt: [2, 3] } } } as const
    expect(reasons(example('(a', '((a', moved), true)).toEqual(['NOT_ALIGNED'])
  })

  it('needs no second answer', () => {
    expect(reasons(example('(a', '((a', { alternative: null }))).toEqual([])
  })

  it('is refused where too little is left, with what was dropped and why', () => {
    const checked = checkTask({ examples: [example('(a', '((a'), example('(x', '((a')] }, tokenizer)
    expect(requireExamples('t', checked, 'TEST', 1)).toHaveLength(1)
    expect(() => requireExamples('t', checked, 'TEST', 2)).toThrow(
      'the task t has 1 TEST examples under this tokenizer, 2 are needed; dropped were 1 for text that no token covers, or an id beyond the vocabulary',
    )
    expect(() => requireExamples('t', checked, 'TRAIN', 1)).toThrow('has 0 TRAIN examples')
  })
})
