import { compareVersions, splitOf, taskId } from '../../../../src/domain/task.js'
import { looksLikeTask, readTask } from '../../../../src/formats/task-jsonl/read-task.js'
import { builtInTasks } from '../../../../src/model/tasks/built-in-tasks.js'

const line = (more: object): string =>
  JSON.stringify({ clean: 'x=("a', corrupt: "x=('a", target: '"', alternative: "'", ...more })

describe('a task file', () => {
  it('holds one example per line, with a name before them', () => {
    const text = [
      '{"task": {"name": "quotes", "version": "2", "description": "close"}}',
      line({ template: 'a', split: 'test', roles: { quote: [3] } }),
      '',
      line({ clean: [1, 2], corrupt: [1, 3], target: 5, alternative: null }),
    ].join('\n')
    const task = readTask(text, 'any.jsonl')
    expect(task).toMatchObject({ name: 'quotes', version: '2', description: 'close' })
    expect(task.examples).toEqual([
      {
        clean: { kind: 'text', text: 'x=("a' },
        corrupt: { kind: 'text', text: "x=('a" },
        target: '"',
        alternative: "'",
        template: 'a',
        split: 'TEST',
        roles: { quote: [3] },
      },
      {
        clean: { kind: 'tokens', tokens: [1, 2] },
        corrupt: { kind: 'tokens', tokens: [1, 3] },
        target: 5,
        alternative: null,
        template: null,
        split: splitOf('example 1'),
        roles: {},
      },
    ])
    expect(readTask(line({}), 'mine.jsonl')).toMatchObject({ name: 'mine', version: '1' })
  })

  it.each<[string, string]>([
    ['not json', 'f.jsonl, line 2 is not JSON: not json'],
    ['[1]', 'f.jsonl, line 2 is not an object: [1]'],
    [line({ clean: '' }), 'line 2: clean is neither text nor token ids: ""'],
    [line({ corrupt: [1, -2] }), 'line 2: corrupt is neither text nor token ids: [1,-2]'],
    [line({ target: 1.5 }), 'line 2: target is neither text nor a token id: 1.5'],
    [line({ split: 'dev' }), 'line 2: split is neither train nor test: "dev"'],
    [line({ roles: { quote: 'x' } }), 'line 2: roles: quote is no list of positions: "x"'],
    ['{"clean": "a"}', 'line 2: corrupt is neither text nor token ids: nothing'],
  ])('refuses %s', (bad, message) => {
    expect(() => readTask(`${line({})}\n${bad}`, 'f.jsonl')).toThrow(
      expect.objectContaining({ code: 'BAD_FILE', message: expect.stringContaining(message) }),
    )
  })

  it('needs an example', () => {
    expect(() => readTask('{"task": {"name": "empty"}}\n', 'f.jsonl')).toThrow('f.jsonl holds no example')
  })

  it('is told from other files by its first line', () => {
    const looks = (text: string) => looksLikeTask(new TextEncoder().encode(text))
    expect(looks(line({}))).toBe(true)
    expect(looks('\n {"task": {"name": "a"}}')).toBe(true)
    expect(looks('{"metadata": {}, "nodes": []}')).toBe(false)
    expect(looks('{"format": "circuitql"}')).toBe(false)
  })
})

describe('built-in tasks', () => {
  it('are the same examples for ever: name and version name them', () => {
    expect(
      builtInTasks().map((task) => [task.name, task.version, taskId(task).slice(0, 8)]),
    ).toMatchInlineSnapshot(`
[
  [
    "bracket-depth",
    "1",
    "4b09c895",
  ],
  [
    "set_or_string",
    "1",
    "8dbef8ae",
  ],
  [
    "single_double_quote",
    "1",
    "e40dfa9d",
  ],
  [
    "string-closing",
    "1",
    "053ae7a6",
  ],
]
`)
  })

  it.each(builtInTasks().map((task) => [task.name, task] as const))(
    '%s holds out whole templates',
    (_, task) => {
      expect(task.examples.length).toBeGreaterThan(100)
      const splits = new Map<string, Set<string>>()
      for (const { template, split, clean, corrupt, target, alternative } of task.examples) {
        splits.set(template!, (splits.get(template!) ?? new Set()).add(split))
        expect(clean).not.toEqual(corrupt)
        expect(target).not.toBe(alternative)
      }
      expect([...splits.values()].every((found) => found.size === 1)).toBe(true)
      const test = task.examples.filter(({ split }) => split === 'TEST').length / task.examples.length
      expect(test).toBeGreaterThan(0.05)
      expect(test).toBeLessThan(0.5)
    },
  )

  it('order versions by their numbers', () => {
    expect(['10', '9', '9.1', '1.10', '1.9'].sort(compareVersions)).toEqual(['1.9', '1.10', '9', '9.1', '10'])
  })
})
