import { parseTemplate, poolOf, render } from '../../../../src/model/tasks/template-text.js'

describe('a template', () => {
  const template = parseTemplate('‹name› = «start:set()¦""»\n«same:‹name›»▸«:(‹name2›)¦ ‹name2›»\n')
  const fills = new Map([
    ['name', 'seen'],
    ['name2', 'row'],
  ])

  it('stands for two texts, each with its prompt and what comes behind the answer', () => {
    expect(render(template, fills, 0)).toEqual({
      prompt: 'seen = set()\nseen',
      rest: '(row)\n',
      spans: { start: [7, 12], same: [13, 17] },
    })
    expect(render(template, fills, 1)).toEqual({
      prompt: 'seen = ""\nseen',
      rest: ' row\n',
      spans: { start: [7, 9], same: [10, 14] },
    })
  })

  it('names its slots and the roles of its prompt, each once', () => {
    expect(template.slots).toEqual(['name', 'name2'])
    expect(template.roles).toEqual(['start', 'same'])
    expect(poolOf('name2')).toBe('name')
  })

  it('says where the answer stands', () => {
    expect(() => parseTemplate('x = 1')).toThrow('says where its answer stands')
  })
})
