import { bracketDepth } from '../../../../src/model/tasks/bracket-depth.js'
import { nonsensePairs, shuffledLabels } from '../../../../src/model/tasks/controls.js'
import { taskOfPairs } from '../../../../src/model/tasks/paired-task.js'
import { withAs } from '../../../../src/model/tasks/python/with-as.js'

describe.each([
  ['spans', taskOfPairs(withAs)],
  ['positions', bracketDepth()],
])('controls made from a task with %s', (_, task) => {
  const rightAnswers = new Map(
    task.examples.flatMap(({ clean, corrupt, target, alternative }) => [
      [JSON.stringify(clean), target] as const,
      [JSON.stringify(corrupt), alternative] as const,
    ]),
  )

  it('keep the prompts and exchange the answers of about half the pairs', () => {
    const control = shuffledLabels(task, 1)
    expect(control.examples.map(({ clean, corrupt }) => [clean, corrupt])).toEqual(
      task.examples.map(({ clean, corrupt }) => [clean, corrupt]),
    )
    const exchanged = control.examples.filter(({ target }, i) => target !== task.examples[i]!.target)
    expect(exchanged.length / task.examples.length).toBeGreaterThan(0.4)
    expect(exchanged.length / task.examples.length).toBeLessThan(0.6)
    for (const [i, { target, alternative }] of control.examples.entries())
      expect([target, alternative].sort()).toEqual(
        [task.examples[i]!.target, task.examples[i]!.alternative].sort(),
      )
  })

  it('pair prompts with the same right answer as if they had different ones', () => {
    const control = nonsensePairs(task, 1)
    expect(control.examples.length).toBeGreaterThan(0.9 * task.examples.length)
    for (const { clean, corrupt, target, alternative } of control.examples) {
      expect(corrupt).not.toEqual(clean)
      expect(alternative).not.toBe(target)
      expect(rightAnswers.get(JSON.stringify(clean))).toBe(target)
      expect(rightAnswers.get(JSON.stringify(corrupt))).toBe(target)
    }
  })

  it('never take a prompt from another split', () => {
    const splitOf = new Map(
      task.examples.flatMap(({ clean, corrupt, split }) => [
        [JSON.stringify(clean), split] as const,
        [JSON.stringify(corrupt), split] as const,
      ]),
    )
    for (const { corrupt, split } of nonsensePairs(task, 1).examples)
      expect(splitOf.get(JSON.stringify(corrupt))).toBe(split)
  })

  it('are the same for a seed and others for another, and carry it in their name', () => {
    for (const control of [shuffledLabels, nonsensePairs]) {
      expect(control(task, 1)).toEqual(control(task, 1))
      expect(control(task, 1).examples).not.toEqual(control(task, 2).examples)
      expect(control(task, 2).name).toContain('by 2')
    }
  })
})
