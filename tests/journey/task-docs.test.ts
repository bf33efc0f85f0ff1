/** What docs/tasks.md says of the built-in tasks is so; UPDATE_TASKS=1 writes its tables. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EXAMPLES_PER_TASK } from '../../src/model/tasks/paired-task.js'
import { PYTHON_TASKS } from '../../src/model/tasks/python/python-tasks.js'
import { SMALL_PYTHON_TASKS } from '../../src/model/tasks/small-python/small-python-tasks.js'
import { SMALL_PYTHON_VOCABULARY } from '../../src/model/texts/small-python-vocabulary.js'
import { narrow, taskTable } from '../support/task-table.js'

const PAGE = join(__dirname, '../../docs/tasks.md')

describe('the page on tasks', () => {
  it.each([
    ['Over Python', PYTHON_TASKS],
    ['Over the small language', SMALL_PYTHON_TASKS],
  ])('lists what is there: %s', (heading, tasks) => {
    const page = readFileSync(PAGE, 'utf8')
    const table = taskTable(tasks)
    if (process.env['UPDATE_TASKS'] !== '1') {
      expect(narrow(page)).toContain(narrow(table))
      return
    }
    const section = page.indexOf(`## ${heading}`)
    const start = section + page.slice(section).search(/^\| task +\|/m)
    const end = page.indexOf('\n\n', start)
    writeFileSync(PAGE, page.slice(0, start) + table + page.slice(end))
  })

  it('counts rightly', () => {
    const page = readFileSync(PAGE, 'utf8')
    expect(page).toContain(`${EXAMPLES_PER_TASK} pairs`)
    expect(page).toContain(`${SMALL_PYTHON_VOCABULARY.length} words`)
  })
})
