import {
  codesOf,
  edgesOf,
  error,
  exported,
  feature,
  graphFile,
  imported,
  link,
  logit,
  token,
} from './graph-files.js'

const late = feature(7, 10, 4)
const early = feature(2, 10, 4)
const end = logit(27, 5, 4)

describe('one id for a feature of layer 0 and for an error', () => {
  const shared = '0_5_3'
  const both = [feature(0, 5, 3), error(5, 3)]

  it('is the feature where only it stands below the target', async () => {
    const record = await imported(graphFile([...both, early], [link(shared, early, 2)]))
    expect(edgesOf(record)).toEqual(['feature(0/5)@3->feature(2/10)@4=2'])
    expect(record.importRecord.findings).toMatchObject([
      {
        code: 'ID_COLLISION',
        severity: 'AMBIGUOUS',
        count: 1,
        message: /1 links were read by what is legal/,
      },
    ])
  })

  it('is the feature as a target, because errors have no inputs', async () => {
    const record = await imported(graphFile([...both, token(9, 0)], [link('E_9_0', shared, 2)]))
    expect(edgesOf(record)).toEqual(['token(9)@0->feature(0/5)@3=2'])
  })

  it('is feature and error in turn where both send to one target, as the tool writes them', async () => {
    const links = [link(shared, late, 2), link(shared, late, 3)]
    for (const nodes of [
      [...both, late],
      [late, ...both],
    ]) {
      const record = await imported(graphFile(nodes, links))
      expect(edgesOf(record)).toEqual(['error(5)@3->feature(7/10)@4=3', 'feature(0/5)@3->feature(7/10)@4=2'])
    }
  })

  it('is the one that keeps the tool’s order of links where both are legal', async () => {
    // The tool's order: features, errors, tokens, logits; links by target, then source.
    const nodes = [feature(0, 5, 3), feature(1, 1, 3), late, error(5, 3), token(9, 0), end]
    const asError = [link(nodes[1]!, late, 1), link(shared, late, 2), link('E_9_0', late, 3)]
    const asFeature = [link(shared, late, 2), link(nodes[1]!, late, 1), link('E_9_0', late, 3)]
    expect(edgesOf(await imported(graphFile(nodes, asError)))).toContain('error(5)@3->feature(7/10)@4=2')
    expect(edgesOf(await imported(graphFile(nodes, asFeature)))).toContain(
      'feature(0/5)@3->feature(7/10)@4=2',
    )
  })

  it('is the feature where both are legal and no order tells', async () => {
    const nodes = [...both, late, end]
    const links = [link(late, end, 1), link(shared, late, 2)]
    expect(edgesOf(await imported(graphFile(nodes, links)))).toContain('feature(0/5)@3->feature(7/10)@4=2')
    expect(edgesOf(await imported(graphFile([...nodes].reverse(), links)))).toContain(
      'feature(0/5)@3->feature(7/10)@4=2',
    )
  })

  it('comes back on export', async () => {
    const file = graphFile([...both, late], [link(shared, late, 2), link(shared, late, 2)])
    expect(JSON.parse(await exported(await imported(file)))).toStrictEqual(file)
  })

  it('is no collision where no link names it', async () => {
    expect(codesOf(await imported(graphFile([...both, late, end], [link(late, end)])))).toEqual([])
  })
})

describe('links that name jsNodeId', () => {
  it('are read by it when no node_id fits, with positions decided by what is legal', async () => {
    const nodes = [feature(2, 10, 1), feature(2, 10, 5), feature(7, 1, 3)]
    const record = await imported(graphFile(nodes, [link('2_10-0', '7_1-0', 2)]))
    expect(edgesOf(record)).toEqual(['feature(2/10)@1->feature(7/1)@3=2'])
    expect(codesOf(record)).toEqual(['ID_COLLISION', 'KEYED_BY_JS_NODE_ID'])
    expect((JSON.parse(await exported(record)) as { links: unknown }).links).toEqual([
      link('2_10-0', '7_1-0', 2),
    ])
  })
})

describe('links that no graph can have', () => {
  it.each([
    ['an unknown source', link('9_9_9', end), /link 9_9_9 -> 27_5_4 names 9_9_9, which is no node/],
    ['an unknown target', link(early, 'nowhere'), /link 2_10_4 -> nowhere names nowhere/],
    ['a node to itself', link(late, late), /7_10_4 -> 7_10_4 joins a node to itself/],
    ['a weight that is text', link(early, late, '1'), /weight of the link 2_10_4 -> 7_10_4 is "1"/],
    ['a weight that is null', link(early, late, null), /is null, not a finite number/],
    ['no weight', { source: '2_10_4', target: '7_10_4' } as never, /is missing, not a finite number/],
    ['no source', { target: '7_10_4', weight: 1 } as never, /links\[1\]\.source is not text/],
    ['something that is no object', 3 as never, /links\[1\] is not an object/],
  ])('are refused by name: %s', async (_, wrong, message) => {
    const file = graphFile([early, late, end], [link(late, end), wrong])
    await expect(imported(file)).rejects.toMatchObject({ code: 'BAD_FILE', message })
  })

  it.each(['NaN', 'Infinity', '-Infinity', '1e999'])('are refused with the weight %s', async (weight) => {
    const text = JSON.stringify(graphFile([early, late, end], [link(early, late, 77)])).replace('77', weight)
    await expect(imported(text)).rejects.toMatchObject({
      code: 'BAD_FILE',
      path: 'links[0].weight',
      message: /2_10_4 -> 7_10_4 is (?:NaN|-?Infinity), not a finite number/,
    })
  })

  it('are refused where they close a circle, which is named', async () => {
    const [a, b, c] = [feature(1, 1, 1), feature(2, 2, 1), feature(3, 3, 1)]
    const file = graphFile([a, b, c, end], [link(a, b), link(b, c), link(c, a), link(c, end)])
    await expect(imported(file)).rejects.toMatchObject({
      code: 'BAD_FILE',
      message: /cycle: .*1_1_1 -> 2_2_1/,
    })
  })
})

describe('links that are odd but possible', () => {
  it('stay where they go against layers or positions, and are counted', async () => {
    const record = await imported(
      graphFile([late, early, error(3, 4)], [link(late, early), link(early, '0_3_4')]),
    )
    expect(record.circuit.edges.count).toBe(2)
    expect(record.importRecord.findings).toMatchObject([
      { code: 'BACKWARD_LINKS', count: 2, message: /first: 7_10_4 -> 2_10_4/ },
    ])
  })

  it('know attention below MLP within a layer', async () => {
    const attention = feature(3, 1, 4, { node_id: '3_lor_1_4', feature_type: 'lorsa', feature: null })
    const mlp = feature(3, 1, 4)
    expect(codesOf(await imported(graphFile([attention, mlp], [link(attention, mlp)])))).toEqual([])
    expect(codesOf(await imported(graphFile([attention, mlp], [link(mlp, attention)])))).toEqual([
      'BACKWARD_LINKS',
    ])
  })

  it('stay parallel, are counted and come back in their order', async () => {
    const file = graphFile(
      [early, late, end],
      [link(early, late, 3), link(late, end, 1), link(early, late, -2), link(early, late, 3)],
    )
    const record = await imported(file)
    expect(edgesOf(record)).toHaveLength(4)
    expect(record.importRecord.findings).toMatchObject([{ code: 'PARALLEL_LINKS', count: 2 }])
    expect(JSON.parse(await exported(record))).toStrictEqual(file)
  })

  it('keep −0, subnormal and other awkward weights on export', async () => {
    const weights = [-0, 0, 5e-324, 1e21, 1.7976931348623157e308, 0.1, 1 / 3, 123456789012345680000]
    const nodes = weights.map((_, i) => feature(1, i, 0))
    const links = nodes.map((node, i) => link(node, end, weights[i]))
    const text = JSON.stringify(graphFile([...nodes, end], links)).replace('"weight":0}', '"weight":-0.0}')
    expect(JSON.parse(await exported(await imported(text)))).toStrictEqual(JSON.parse(text))
  })
})
