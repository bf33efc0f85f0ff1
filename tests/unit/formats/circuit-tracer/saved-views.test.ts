import type { Annotation } from '../../../../src/domain/records.js'
import {
  cantor,
  codesOf,
  context,
  error,
  exported,
  type FileNode,
  feature,
  graphFile,
  imported,
  logit,
} from './graph-files.js'

const nodes: readonly FileNode[] = [
  feature(2, 10, 1),
  feature(2, 10, 4),
  feature(7, 1, 4),
  feature(0, 5, 3),
  error(5, 3),
  logit(27, 5, 4),
]
const view = {
  linkType: 'both',
  pinnedIds: ['2_10_1', '27_5_4'],
  supernodes: [
    ['say capital', '2_10_1', '7_1_4'],
    ['alone', '7_1_4'],
  ],
  clerps: [[`7_${cantor(7, 1)}_4`, 'a capital']],
  clickedId: '7_1_4',
  sg_pos: '1,2',
}

function ofKind(annotations: readonly Annotation[], kind: Annotation['kind']): Annotation[] {
  return annotations.filter((one) => one.kind === kind)
}

describe('the saved view of a file', () => {
  it('becomes annotations that speak in addresses', async () => {
    const { annotations, circuit } = await imported(graphFile(nodes, [], {}, view))
    const common = { version: 1, owner: context.owner, circuitId: circuit.id, updatedAt: context.importedAt }
    expect(annotations).toMatchObject([
      { ...common, kind: 'SUPERNODE', title: 'say capital', members: ['feature(2/10)@1', 'feature(7/1)@4'] },
      { ...common, kind: 'SUPERNODE', title: 'alone', members: ['feature(7/1)@4'] },
      { ...common, kind: 'PINS', title: 'pinned', members: ['feature(2/10)@1', 'logit(5)@4'] },
      { ...common, kind: 'LABEL', title: 'feature(7/1)@4', text: 'a capital', members: ['feature(7/1)@4'] },
      { ...common, kind: 'VIEW', settings: { linkType: 'both', clickedId: '7_1_4', sg_pos: '1,2' } },
    ])
  })

  it('gives the same ids each time, and other ids for other content', async () => {
    const idsOf = async (qParams: object): Promise<string[]> =>
      (await imported(graphFile(nodes, [], {}, qParams))).annotations.map(({ id }) => id)
    const ids = await idsOf(view)
    expect(await idsOf(view)).toEqual(ids)
    expect(new Set(ids).size).toBe(5)
    expect(await idsOf({ ...view, sg_pos: '3,4' })).toEqual([
      ...ids.slice(0, 4),
      expect.not.stringMatching(ids[4]!),
    ])
  })

  it('reads groups inside groups: the outer one has the members of the inner', async () => {
    const { annotations } = await imported(
      graphFile(
        nodes,
        [],
        {},
        { supernodes: [['outer', '27_5_4', ['inner', '2_10_1', '2_10_4'], ['7_1_4']]] },
      ),
    )
    expect(annotations.map(({ title, members }) => [title, members])).toEqual([
      ['inner', ['feature(2/10)@1', 'feature(2/10)@4']],
      ['outer', ['logit(5)@4', 'feature(2/10)@1', 'feature(2/10)@4', 'feature(7/1)@4']],
    ])
  })

  it('reads lists that were kept as text', async () => {
    const asText = {
      pinnedIds: '2_10_1,7_1_4',
      supernodes: JSON.stringify([['x', '7_1_4']]),
      clerps: JSON.stringify([[`7_${cantor(7, 1)}_4`, 'label']]),
    }
    const { annotations } = await imported(graphFile(nodes, [], {}, asText))
    expect(annotations.map(({ kind, members }) => [kind, members.length])).toEqual([
      ['SUPERNODE', 1],
      ['PINS', 2],
      ['LABEL', 1],
    ])
  })

  it('reads labels from an object as from pairs', async () => {
    const { annotations } = await imported(
      graphFile(nodes, [], {}, { clerps: { [`7_${cantor(7, 1)}_4`]: 'label' } }),
    )
    expect(annotations).toMatchObject([{ kind: 'LABEL', text: 'label', members: ['feature(7/1)@4'] }])
  })

  it('reports what the file does not have, and goes on', async () => {
    const record = await imported(
      graphFile(
        nodes,
        [],
        {},
        {
          pinnedIds: ['9_9_9', '7_1_4'],
          supernodes: [['gone', '8_8_8'], ['empty'], 'not a group', [3]],
          clerps: [['1_1_1', 'x'], 'odd'],
          clickedId: '4_4_4',
        },
      ),
    )
    expect(record.importRecord.findings).toMatchObject([
      { code: 'UNKNOWN_VIEW_ID', severity: 'DROPPED', count: 4, message: /8_8_8, 9_9_9, 1_1_1 and 1 more/ },
      { code: 'EMPTY_SUPERNODE', severity: 'DROPPED', count: 2, message: /gone, empty/ },
    ])
    expect(ofKind(record.annotations, 'PINS')).toMatchObject([{ members: ['feature(7/1)@4'] }])
  })

  it('means every position where it names a jsNodeId, and says so', async () => {
    const record = await imported(graphFile(nodes, [], {}, { pinnedIds: ['2_10-0'] }))
    expect(record.annotations).toMatchObject([{ members: ['feature(2/10)@1', 'feature(2/10)@4'] }])
    expect(codesOf(record)).toEqual(['AMBIGUOUS_VIEW_ID'])
  })

  it('means the feature where an error has the same id', async () => {
    const { annotations } = await imported(graphFile(nodes, [], {}, { pinnedIds: ['0_5_3'] }))
    expect(annotations).toMatchObject([{ members: ['feature(0/5)@3'] }])
  })

  it.each([null, [], 'text', 7])('may be missing or of no use: %p', async (qParams) => {
    const file = { ...graphFile(nodes, []), qParams }
    const record = await imported(file)
    expect(record.annotations).toEqual([])
    expect(JSON.parse(await exported(record))).toStrictEqual(file)
  })

  it('does not fall over groups nested without end', async () => {
    const deep = `${'["g",'.repeat(60_000)}"7_1_4"${']'.repeat(60_000)}`
    const { annotations } = await imported(graphFile(nodes, [], {}, { supernodes: `[${deep}]` }))
    expect(annotations.length).toBeLessThan(100)
  })
})

describe('annotations on export', () => {
  it('stand in qParams and, as labels, in the nodes, in the original and in a fresh file', async () => {
    const record = await imported(graphFile(nodes, []))
    const { annotations } = await imported(graphFile(nodes, [], {}, view))
    for (const residue of [record.residue, null]) {
      const text = await exported({ circuit: record.circuit, residue }, annotations)
      const file = JSON.parse(text) as { qParams: Record<string, unknown>; nodes: FileNode[] }
      expect(file.nodes.filter(({ clerp }) => clerp === 'a capital')).toHaveLength(1)
      expect(file.qParams).toMatchObject({ linkType: 'both', clickedId: '7_1_4', sg_pos: '1,2' })
      const again = await imported(text)
      expect(again.circuit.id).toBe(record.circuit.id)
      for (const kind of ['SUPERNODE', 'PINS'] as const)
        expect(ofKind(again.annotations, kind)).toEqual(ofKind(annotations, kind))
      expect(again.circuit.nodes.find(({ address }) => address === 'feature(7/1)@4')?.label).toBe('a capital')
    }
  })

  it('replace the view of the file when they are given, even when there are none', async () => {
    const record = await imported(graphFile(nodes, [], {}, view))
    const file = JSON.parse(await exported(record, [])) as { qParams: object }
    expect(file.qParams).toEqual({
      linkType: 'both',
      clickedId: '',
      sg_pos: '',
      pinnedIds: [],
      supernodes: [],
    })
    expect((JSON.parse(await exported(record)) as { qParams: object }).qParams).toEqual(view)
  })
})
