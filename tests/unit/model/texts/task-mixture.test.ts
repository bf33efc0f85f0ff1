import { untrainedPrompts } from '../../../../src/model/tasks/paired-task.js'
import { PYTHON_TASKS } from '../../../../src/model/tasks/python/python-tasks.js'
import { packedText } from '../../../../src/model/texts/packed-text.js'
import { templatePrograms, withTaskTemplates } from '../../../../src/model/texts/task-mixture.js'
import { pythonTokenizer } from '../../../support/python-tokenizer.js'

const tokenizer = pythonTokenizer()
const [A] = tokenizer.encode('a')
const base = packedText(
  {
    name: 'a',
    vocabulary: tokenizer.vocabulary,
    train: new Uint16Array(500).fill(A!),
    heldOut: new Uint16Array(500).fill(A!),
  },
  1,
)
const mixed = (share: number, seed = 1) =>
  withTaskTemplates(base, { tasks: PYTHON_TASKS, share, tokenizer, endOfText: tokenizer.endOfText }, seed)

const rowsOf = (tokens: Int32Array, length: number) =>
  Array.from({ length: tokens.length / length }, (_, row) => [
    ...tokens.subarray(row * length, (row + 1) * length),
  ])
const programs = (rows: number[][]) => rows.filter((row) => row.some((id) => id !== A))

describe('a source with task templates', () => {
  it('has the stated share of rows of templates', () => {
    expect(programs(rowsOf(mixed(0).batch(0, 200, 32), 32))).toHaveLength(0)
    expect(programs(rowsOf(mixed(1).batch(0, 200, 32), 32))).toHaveLength(200)
    const quarter = programs(rowsOf(mixed(0.25).batch(0, 1000, 32), 32)).length
    expect(quarter).toBeGreaterThan(200)
    expect(quarter).toBeLessThan(300)
    expect(programs(rowsOf(mixed(0.25).heldOut(100, 32), 32))).toHaveLength(25)
  })

  it('gives the same rows for the same seed and step', () => {
    expect(mixed(0.5).batch(4, 20, 32)).toEqual(mixed(0.5).batch(4, 20, 32))
    expect(mixed(0.5).batch(5, 20, 32)).not.toEqual(mixed(0.5).batch(4, 20, 32))
  })

  it('holds out rows of templates too', () => {
    const heldOut = new Set(programs(rowsOf(mixed(1).heldOut(100, 24), 24)).map(String))
    const source = mixed(1)
    for (let step = 0; step < 30; step++)
      for (const row of rowsOf(source.batch(step, 20, 24), 24)) expect(heldOut.has(String(row))).toBe(false)
  })

  it('never shows a prompt that a task holds out, nor a template that is held out', () => {
    const shown = templatePrograms(PYTHON_TASKS, 5_000, 3)
    const kept = new Set(PYTHON_TASKS.flatMap(untrainedPrompts))
    const beginnings = shown.flatMap((program) => Array.from(program, (_, end) => program.slice(0, end + 1)))
    expect(beginnings.filter((beginning) => kept.has(beginning))).toEqual([])
  })

  it('says what is in it', () => {
    expect(mixed(0.25).name).toMatch(/^a with 25 % templates of bracket_brace@1, /)
    expect(() => mixed(1.5)).toThrow('the share of task templates is 1.5, not from 0 to 1')
    expect(() => withTaskTemplates(base, { tasks: [], share: 0.5, tokenizer, endOfText: null }, 1)).toThrow(
      'names no task',
    )
  })
})
