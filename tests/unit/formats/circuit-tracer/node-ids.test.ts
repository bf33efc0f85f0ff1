import {
  cantor,
  codesOf,
  error,
  type FileNode,
  feature,
  graphFile,
  imported,
  link,
  logit,
  nodeOf,
  token,
} from './graph-files.js'

/** Address, kind and codes of findings of a file with this one node. */
async function read(node: FileNode, metadata: object = {}): Promise<[string, string, string[]]> {
  const record = await imported(graphFile([node], [], metadata))
  const [only] = record.circuit.nodes
  expect(only?.sourceId).toBe(node.node_id)
  return [only!.address, only!.kind, codesOf(record)]
}

describe('node ids of circuit-tracer', () => {
  it('give layer, index and position of a feature', async () => {
    expect(await read(feature(7, 12284, 3))).toEqual(['feature(7/12284)@3', 'FEATURE', []])
  })

  it('give features whose packed number is beyond 32 bits', async () => {
    const node = feature(12, 80_000, 1)
    expect(node['feature']).toBe(3_201_080_078)
    expect(await read(node)).toEqual(['feature(12/80000)@1', 'FEATURE', []])
    expect(await read({ ...feature(20, 0, 1, { node_id: '20_94906265_1' }), feature: null })).toEqual([
      'feature(20/94906265)@1',
      'FEATURE',
      [],
    ])
  })

  it('give the layer of an error in its old and its new form', async () => {
    expect(await read(error(5, 3))).toEqual(['error(5)@3', 'ERROR', []])
    expect(await read(error(5, 3, '5_-1_3'))).toEqual(['error(5)@3', 'ERROR', []])
  })

  it('give the vocabulary id of a token and a logit', async () => {
    expect(await read(token(2, 0))).toEqual(['token(2)@0', 'TOKEN', []])
    expect(await read(logit(27, 22605, 7))).toEqual(['logit(22605)@7', 'LOGIT', []])
  })

  it('are read alike where the layer is a number', async () => {
    expect(await read({ ...feature(7, 3, 1), layer: 7 })).toEqual(['feature(7/3)@1', 'FEATURE', []])
  })
})

describe('packed feature numbers', () => {
  it.each([
    ['Cantor pairing', cantor(9, 4001)],
    ['index + layer · 10^5 of schema 0', 4001 + 9e5],
    ['index + layer · 10^6 of schema 0', 4001 + 9e6],
    ['the bare index', 4001],
  ])('agree with the id as %s', async (_, packed) => {
    expect((await read({ ...feature(9, 4001, 2), feature: packed }))[2]).toEqual([])
  })

  it.each([cantor(9, 4001) + 1, 4001 + 9e3, 9, -1, 4001.5])(
    'that agree with none are reported, and the id is used: %p',
    async (packed) => {
      expect(await read({ ...feature(9, 4001, 2), feature: packed })).toEqual([
        'feature(9/4001)@2',
        'FEATURE',
        ['PACKED_MISMATCH'],
      ])
    },
  )
})

describe('node ids of CRM and Lorsa graphs', () => {
  const crm = (node_id: string, feature_type: string, layer: number, ctx_idx: number): FileNode => ({
    node_id,
    feature: null,
    layer,
    ctx_idx,
    feature_type,
    jsNodeId: node_id,
    clerp: '',
  })

  it.each([
    ['3_cro_17_2', 'cross layer transcoder', 'feature(3/17)@2', 'FEATURE'],
    ['3_lor_17_2', 'lorsa', 'feature(lorsa:3/17)@2', 'FEATURE'],
    ['3_error_mlp_2', 'mlp reconstruction error', 'error(3)@2', 'ERROR'],
    ['3_error_attn_2', 'lorsa error', 'error(3/attn)@2', 'ERROR'],
    ['3_bias_attn_bO_2', 'bias', 'bias(3/attn_bO)@2', 'BIAS'],
    ['3_bias_mlp_bout_2', 'bias', 'bias(3/mlp_bout)@2', 'BIAS'],
    ['3_bias_tc_bQ_2', 'bias', 'bias(3/tc_bQ)@2', 'BIAS'],
    ['3_error_2', 'mlp reconstruction error', 'error(3)@2', 'ERROR'],
  ])('read %s as %s', async (id, type, address, kind) => {
    expect(await read(crm(id, type, 3, 2))).toEqual([address, kind, []])
  })

  it('read a logit, which stands at n_layers, with the probability of its label', async () => {
    const node = { ...crm('26_512_9', 'logit', 26, 9), clerp: 'Logit " (p=1)" (p=0.125)' }
    const record = await imported(graphFile([node], []))
    expect(nodeOf(record, 'logit(512)@9').probability).toBe(0.125)
    expect(codesOf(record)).toEqual(['PROBABILITY_FROM_LABEL'])
  })

  it('keep an id of no known form, and a type of no known name, as the address', async () => {
    expect(await read(crm('3_unknown_x_2', 'unknown', 3, 2))).toEqual([
      'node("3_unknown_x_2")@2',
      'OTHER',
      ['UNKNOWN_TYPE'],
    ])
    expect(await read(crm('blocks.3.hook:4,5', 'cross layer transcoder', 3, 2))).toEqual([
      'node("blocks.3.hook:4,5")@2',
      'OTHER',
      ['UNKNOWN_ID'],
    ])
    expect((await read(crm('3_99999999999999999999_2', 'lorsa', 3, 2)))[2]).toEqual(['UNKNOWN_ID'])
  })
})

describe('other variants', () => {
  it('read the legacy type "unexplored node" as a feature', async () => {
    const node = { ...feature(4, 77, 1), feature_type: 'unexplored node' }
    expect(await read(node)).toEqual(['feature(4/77)@1', 'FEATURE', ['LEGACY_TYPE']])
  })

  it('prefer the id where layer or ctx_idx disagree, and say so', async () => {
    expect(await read({ ...feature(4, 77, 1), layer: '5' })).toEqual([
      'feature(4/77)@1',
      'FEATURE',
      ['INCONSISTENT_FIELDS'],
    ])
    expect((await read({ ...feature(4, 77, 1), ctx_idx: 2 }))[2]).toEqual(['INCONSISTENT_FIELDS'])
  })

  it('tell a custom target by its text', async () => {
    const node = logit(27, 300_000, 8, { clerp: 'Output "logit(x)-logit(y)" (p=1.000)' })
    expect(await read(node, { scan: 'a-model' })).toEqual([
      'target("logit(x)-logit(y)")@8',
      'TARGET',
      ['VIRTUAL_LOGIT'],
    ])
  })

  it('tell a custom target by an id beyond the vocabulary of a known model', async () => {
    const named = logit(27, 256_000, 8, { clerp: 'Output "truth" (p=1.000)' })
    expect((await read(named))[0]).toBe('target("truth")@8')
    expect((await read({ ...named, clerp: '' }))[0]).toBe('target("256000")@8')
    expect((await read({ ...named, clerp: '', token: 'said' }))[0]).toBe('target("said")@8')
    expect((await read(logit(27, 255_999, 8)))[0]).toBe('logit(255999)@8')
    expect((await read(named, { scan: 'a-model' }))[0]).toBe('logit(256000)@8')
  })

  it('keep every id where two stand for one place, whatever their order', async () => {
    const nodes = [error(5, 3), error(5, 3, '5_-1_3'), feature(9, 1, 3)]
    const forth = await imported(graphFile(nodes, [link(nodes[0]!, nodes[2]!)]))
    const back = await imported(graphFile([...nodes].reverse(), [link(nodes[0]!, nodes[2]!)]))
    expect(forth.circuit.nodes.map(({ address }) => address).sort()).toEqual([
      'feature(9/1)@3',
      'node("0_5_3")@3',
      'node("5_-1_3")@3',
    ])
    expect(codesOf(forth)).toEqual(['SHARED_PLACE'])
    expect(back.circuit.id).toBe(forth.circuit.id)
  })
})

describe('what nodes say beside their place', () => {
  it('is kept: activation, label, probability, target', async () => {
    const record = await imported(
      graphFile(
        [
          feature(1, 2, 0, { activation: 2.8125, clerp: 'a label' }),
          logit(4, 9, 1, { token_prob: 0.75, is_target_logit: true }),
        ],
        [],
      ),
    )
    expect(nodeOf(record, 'feature(1/2)@0')).toMatchObject({
      activation: 2.8125,
      label: 'a label',
      probability: null,
      isTarget: false,
    })
    expect(nodeOf(record, 'logit(9)@1')).toMatchObject({
      activation: null,
      label: 'Output "x" (p=0.250)',
      probability: 0.75,
      isTarget: true,
    })
  })

  it('keeps influence as cumulative shares, where low means important', async () => {
    const nodes = [feature(1, 2, 0, { influence: 0.25 }), logit(4, 9, 1)]
    const { scoreSets, circuit } = await imported(graphFile(nodes, []))
    expect(scoreSets).toHaveLength(1)
    expect(scoreSets[0]).toMatchObject({ name: 'influence', of: 'NODES' })
    expect(scoreSets[0]!.sign).toMatch(/cumulative.*LOW means important/)
    expect(scoreSets[0]!.method).toMatch(/unpruned/)
    expect(scoreSets[0]!.values).toEqual(circuit.nodes.map(({ kind }) => (kind === 'LOGIT' ? null : 0.25)))
  })

  it('has no score set where no node has influence', async () => {
    expect((await imported(graphFile([logit(4, 9, 1)], []))).scoreSets).toEqual([])
  })

  it('reads NaN where it is harmless as absent, and says so', async () => {
    const text = JSON.stringify(graphFile([feature(1, 2, 0), logit(4, 9, 1)], []))
      .replace('"influence":0.5', '"influence":NaN')
      .replace('"activation":1.5', '"activation":-Infinity')
    const record = await imported(text)
    expect(record.importRecord.findings).toMatchObject([
      { code: 'NON_FINITE', severity: 'REPAIRED', count: 2 },
    ])
    expect(nodeOf(record, 'feature(1/2)@0').activation).toBeNull()
    expect(record.scoreSets).toEqual([])
  })

  it.each([
    ['a missing id', { node_id: undefined }, /nodes\[0\]\.node_id is not text/],
    ['an id that is a number', { node_id: 7 }, /node_id is not text/],
    ['an id beyond any tool’s', { node_id: 'x'.repeat(501) }, /more than 500 characters/],
    ['a missing type', { feature_type: null }, /feature_type is not text/],
    ['a layer of another kind', { layer: 1.5 }, /the layer of 1_2_0 is neither/],
    ['a negative position', { ctx_idx: -1 }, /the ctx_idx of 1_2_0/],
    ['an activation that is text', { activation: '2' }, /activation is not a number/],
  ])('refuses %s', async (_, wrong, message) => {
    const file = graphFile([feature(1, 2, 0, wrong)], [])
    await expect(imported(file)).rejects.toMatchObject({ code: 'BAD_FILE', message })
  })

  it('refuses a logit whose probability is NaN: influence starts from it', async () => {
    const text = JSON.stringify(graphFile([logit(4, 9, 1)], [])).replace(
      '"token_prob":0.25',
      '"token_prob":NaN',
    )
    await expect(imported(text)).rejects.toMatchObject({
      code: 'BAD_FILE',
      message: /token_prob of the logit 4_9_1 is NaN/,
    })
  })

  it('refuses two nodes of one type and id', async () => {
    const file = graphFile([feature(1, 2, 0), feature(1, 2, 0)], [])
    await expect(imported(file)).rejects.toMatchObject({
      code: 'BAD_FILE',
      path: 'nodes[1]',
      message: /two nodes of type cross layer transcoder have the id 1_2_0/,
    })
  })
})
