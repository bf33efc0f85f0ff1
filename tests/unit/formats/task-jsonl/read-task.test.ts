import { compareVersions, splitOf } from '../../../../src/domain/task.js'
import { looksLikeTask, readTask } from '../../../../src/formats/task-jsonl/read-task.js'

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
    [line({ split: 'dev' }), 'line 2: split is none of train, held_out, test: "dev"'],
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

describe('versions of tasks', () => {
  it('order versions by their numbers', () => {
    expect(['10', '9', '9.1', '1.10', '1.9'].sort(compareVersions)).toEqual(['1.9', '1.10', '9', '9.1', '10'])
  })
})
