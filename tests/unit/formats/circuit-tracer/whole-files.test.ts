import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { CircuitQLError } from '../../../../src/domain/errors.js'
import { looksLikeAttributionGraph } from '../../../../src/formats/circuit-tracer/looks-like.js'
import { RAW_LIMITS, type RawLimits } from '../../../../src/formats/circuit-tracer/raw-limits.js'
import { readAttributionGraph } from '../../../../src/formats/circuit-tracer/read-attribution-graph.js'
import { writeAttributionGraph } from '../../../../src/formats/circuit-tracer/write-attribution-graph.js'
import { bytesFile, type SourceFile } from '../../../../src/formats/source-file.js'
import { randomCircuit } from '../../../support/random-circuit.js'
import { seededRandom } from '../../../support/seeded-random.js'
import {
  context,
  error,
  exported,
  type FileLink,
  type FileNode,
  feature,
  graphFile,
  imported,
  link,
  logit,
  token,
} from './graph-files.js'

interface File {
  readonly metadata: object
  readonly qParams: object
  readonly nodes: readonly FileNode[]
  readonly links: readonly FileLink[]
}

/** Graphs in the tool's layout with every kind of node, extra fields and awkward values. */
const randomFile: fc.Arbitrary<File> = fc
  .record({
    features: fc.uniqueArray(fc.tuple(fc.nat(5), fc.integer({ min: 20, max: 2 ** 20 }), fc.nat(3)), {
      selector: String,
      maxLength: 8,
    }),
    errors: fc.uniqueArray(fc.tuple(fc.nat(5), fc.nat(3)), { selector: String, maxLength: 4 }),
    tokens: fc.uniqueArray(fc.nat(4), { maxLength: 3 }),
    logits: fc.uniqueArray(fc.nat(1_000), { minLength: 1, maxLength: 3 }),
    labels: fc.infiniteStream(fc.string({ unit: 'binary', maxLength: 6 })),
    numbers: fc.infiniteStream(fc.double({ noNaN: true, noDefaultInfinity: true })),
    keep: fc.infiniteStream(fc.nat(3)),
    extras: fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue(), { maxKeys: 2 }),
  })
  .map(({ features, errors, tokens, logits, labels, numbers, keep, extras }) => {
    const number = (): number => numbers.next().value
    const nodes: FileNode[] = [
      ...features.map(([layer, index, position]) =>
        feature(layer, index, position, { activation: number(), clerp: labels.next().value, extra: extras }),
      ),
      ...errors.map(([layer, position]) => error(layer, position)),
      ...tokens.map((position) => token(position + 100, position)),
      ...logits.map((vocabulary) => logit(27, vocabulary, 4, { token_prob: Math.abs(number()) })),
    ]
    const heightOf = ({ layer }: FileNode): number => (layer === 'E' ? -1 : Number(layer))
    const links = nodes.flatMap((target) =>
      nodes
        .filter(
          (source) =>
            heightOf(source) < heightOf(target) && target.feature_type !== 'mlp reconstruction error',
        )
        .filter(() => keep.next().value === 0)
        .map((source) => ({
          ...link(source, target, number()),
          ...(keep.next().value === 0 ? { note: extras } : {}),
        })),
    )
    return graphFile(nodes, links, { more: extras }) as File
  })

function parsed(text: string): unknown {
  return JSON.parse(text)
}

describe('any attribution graph', () => {
  it('comes back from export as the same JSON, value for value and in order', async () => {
    await fc.assert(
      fc.asyncProperty(randomFile, async (file) => {
        const text = JSON.stringify(file)
        expect(parsed(await exported(await imported(text)))).toStrictEqual(parsed(text))
      }),
      { numRuns: 150, seed: 21 },
    )
  })

  it('has one id, whatever the order of its keys, nodes and links', async () => {
    await fc.assert(
      fc.asyncProperty(randomFile, fc.nat(), async (file, seed) => {
        const random = seededRandom(seed)
        const shuffled = <T>(items: readonly T[]): T[] => {
          const rest = [...items]
          return items.map(() => rest.splice(random.below(rest.length), 1)[0]!)
        }
        const entries = shuffled(
          Object.entries({ ...file, nodes: shuffled(file.nodes), links: shuffled(file.links) }),
        )
        const other = Object.fromEntries(entries)
        const [one, two] = await Promise.all([imported(file), imported(other)])
        expect(two.circuit.id).toBe(one.circuit.id)
        expect(two.scoreSets.map(({ values }) => values)).toEqual(one.scoreSets.map(({ values }) => values))
        expect(parsed(await exported(two))).toStrictEqual(parsed(JSON.stringify(other)))
      }),
      { numRuns: 100, seed: 22 },
    )
  })

  it('without residue comes back as the same circuit', async () => {
    await fc.assert(
      fc.asyncProperty(randomFile, async (file) => {
        const { circuit } = await imported(file)
        const again = await imported(await exported({ circuit, residue: null }))
        expect(again.circuit.id).toBe(circuit.id)
        expect(
          again.circuit.nodes.map(({ address, label, activation }) => [address, label, activation]),
        ).toEqual(circuit.nodes.map(({ address, label, activation }) => [address, label, activation]))
      }),
      { numRuns: 100, seed: 23 },
    )
  })

  it('that was mutated is read or refused by name, never anything else', async () => {
    const nodes = [
      feature(0, 5, 3, { qk: { x: [1, 2] } }),
      error(5, 3),
      token(9, 0),
      feature(7, 10, 4),
      logit(27, 5, 4),
    ]
    const good = Buffer.from(
      JSON.stringify(
        graphFile(
          nodes,
          [link('E_9_0', '7_10_4', 1.5), link('0_5_3', '7_10_4', -2), link('7_10_4', '27_5_4', 3e-5)],
          {},
          { pinnedIds: ['7_10_4'], supernodes: [['s', '7_10_4']] },
        ),
      ),
    )
    const random = seededRandom(99)
    const inserts = [
      '"',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '0',
      '-',
      'NaN',
      '\\',
      '\u0000',
      'null',
      '"links":',
      '1e999',
      'é',
    ]
    const refused = new Map<string, number>()
    let read = 0
    for (let run = 0; run < 4_000; run++) {
      let bytes = Buffer.from(good)
      for (let times = 1 + random.below(3); times > 0; times--) {
        const at = random.below(bytes.length)
        const choice = random.below(4)
        if (choice === 0) bytes[at] = random.below(256)
        else if (choice === 1)
          bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(20))])
        else if (choice === 2)
          bytes = Buffer.concat([
            bytes.subarray(0, at),
            Buffer.from(random.pick(inserts)),
            bytes.subarray(at),
          ])
        else {
          const from = random.below(bytes.length)
          bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(from, from + 30), bytes.subarray(at)])
        }
      }
      try {
        const record = await imported(bytes)
        await exported(record)
        read++
      } catch (reason) {
        if (!(reason instanceof CircuitQLError)) throw reason
        refused.set(reason.code, (refused.get(reason.code) ?? 0) + 1)
      }
    }
    expect(read).toBeGreaterThan(200)
    expect([...refused.keys()].sort()).toEqual(['BAD_FILE'])
  }, 120_000)
})

describe('a file as it arrives', () => {
  const nodes = Array.from({ length: 50 }, (_, i) => feature(i % 20, 100 + i, 2))
  const links = nodes.flatMap((source, i) =>
    nodes.filter((_, j) => j % 20 > i % 20).map((target, j) => link(source, target, (i + 1) / (j + 3))),
  )
  const file = graphFile(nodes, links) as File
  const text = JSON.stringify(file)

  function pieces(bytes: Uint8Array, size: number): SourceFile {
    return {
      ...bytesFile('graph.json', bytes),
      stream: async function* () {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
      },
    }
  }

  it.each([1, 2, 7, 100, 4_096])(
    'is the same in pieces of %i bytes, links before nodes too',
    async (size) => {
      const { circuit } = await imported(text)
      expect((await readAttributionGraph(pieces(Buffer.from(text), size), context)).circuit).toEqual(circuit)
      const { links: first, ...rest } = file
      const turned = Buffer.from(JSON.stringify({ links: first, ...rest }, null, 2))
      expect((await readAttributionGraph(pieces(turned, size), context)).circuit).toEqual(circuit)
    },
  )

  it('may be compressed, in one member or several', async () => {
    const { circuit } = await imported(text)
    expect((await imported(gzipSync(text))).circuit).toEqual(circuit)
    const half = Buffer.concat([gzipSync(text.slice(0, 999)), gzipSync(text.slice(999))])
    expect((await imported(half)).circuit).toEqual(circuit)
    expect((await readAttributionGraph(pieces(gzipSync(text), 10), context)).circuit).toEqual(circuit)
  })

  it.each([
    ['cut short', gzipSync(text).subarray(0, 500)],
    ['altered', gzipSync(text).map((byte, i) => (i === 300 ? byte ^ 0xff : byte))],
    ['nothing but the magic', Uint8Array.of(0x1f, 0x8b)],
  ])('is refused when the compressed bytes are %s', async (_, bytes) => {
    await expect(imported(bytes)).rejects.toMatchObject({ code: 'BAD_FILE' })
  })

  it('is refused when it is cut anywhere', async () => {
    for (let end = 0; end < text.length; end += 97)
      await expect(imported(text.slice(0, end))).rejects.toMatchObject({
        code: 'BAD_FILE',
        message: /byte \d+/,
      })
  })

  it.each(['nodes', 'links'])('is refused without a list of %s', async (key) => {
    await expect(imported({ ...file, [key]: undefined })).rejects.toMatchObject({
      code: 'BAD_FILE',
      path: key,
    })
    await expect(imported({ ...file, [key]: {} })).rejects.toMatchObject({ code: 'BAD_FILE', path: key })
  })

  it('tells its progress in bytes of the file', async () => {
    const packed = gzipSync(text)
    const told: number[] = []
    await readAttributionGraph(pieces(packed, 500), { ...context, onProgress: (bytes) => told.push(bytes) })
    expect(told).toEqual([...told].sort((a, b) => a - b))
    expect(told.at(-1)).toBe(packed.length)
  })

  it.each(['plain', 'compressed'])('stops when the asker goes, and closes a %s file', async (form) => {
    const bytes = form === 'plain' ? Buffer.from(text) : gzipSync(text)
    const asker = new AbortController()
    let closed = false
    const slow: SourceFile = {
      ...bytesFile('graph.json', bytes),
      stream: async function* () {
        try {
          for (let at = 0; at < bytes.length; at += 50) {
            if (at === 500) asker.abort()
            yield bytes.subarray(at, at + 50)
          }
        } finally {
          closed = true
        }
      },
    }
    await expect(readAttributionGraph(slow, { ...context, signal: asker.signal })).rejects.toMatchObject({
      code: 'CANCELLED',
    })
    expect(closed).toBe(true)
  })

  it('closes a compressed file whose content is refused early', async () => {
    const bytes = gzipSync(
      Buffer.concat([Buffer.from('{"nodes": oh no'), Buffer.from(seededBytes(2_000_000))]),
    )
    let closed = false
    const source: SourceFile = {
      ...bytesFile('graph.json.gz', bytes),
      stream: async function* () {
        try {
          for (let at = 0; at < bytes.length; at += 50_000) yield bytes.subarray(at, at + 50_000)
        } finally {
          closed = true
        }
      },
    }
    await expect(readAttributionGraph(source, context)).rejects.toMatchObject({ code: 'BAD_FILE' })
    expect(closed).toBe(true)
  })

  it.each([
    ['nodes', { nodes: 49 }],
    ['links', { links: links.length - 1 }],
    ['bytes of nodes', { keptBytes: 5_000 }],
    ['bytes of one element', { elementBytes: 100 }],
    ['bytes beside nodes and links', { restBytes: 20 }],
    ['bytes once unpacked', { bytes: text.length - 1 }],
  ])('is refused beyond the limit of %s, and read at it', async (_, tight: Partial<RawLimits>) => {
    const packed = gzipSync(text)
    await expect(imported(packed, { limits: { ...RAW_LIMITS, ...tight } })).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
    })
    const [name, value] = Object.entries(tight)[0]!
    const enough = name === 'nodes' || name === 'links' || name === 'bytes' ? value + 1 : value * 100
    await imported(packed, { limits: { ...RAW_LIMITS, [name]: enough } })
  })

  it('is refused when its links name more ids than there may be nodes', async () => {
    const many = Array.from({ length: 30 }, (_, i) => link(`x${i}`, `y${i}`, 1))
    const strange = many.map((one) => ({ ...one, more: 1 }))
    for (const wrong of [many, strange])
      await expect(
        imported({ ...file, nodes: [], links: wrong }, { limits: { ...RAW_LIMITS, nodes: 20 } }),
      ).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  })

  it('with links in unusual spelling is the same graph', async () => {
    const { circuit } = await imported(text)
    const escaped = text.replaceAll('"source":"1_', '"source":"\\u0031_')
    expect(escaped).not.toBe(text)
    expect((await imported(escaped)).circuit).toEqual(circuit)
    const spaced = text.replaceAll('"weight":', '\n "weight" \t: ')
    expect((await imported(spaced)).circuit).toEqual(circuit)
  })
})

describe('detection', () => {
  it('knows an attribution graph by its first bytes, compressed ones by their magic', () => {
    const start = Buffer.from(JSON.stringify(graphFile([feature(1, 1, 1)], [])))
    expect(looksLikeAttributionGraph(start)).toBe(true)
    expect(looksLikeAttributionGraph(gzipSync(start))).toBe(true)
    expect(looksLikeAttributionGraph(Buffer.from('  {"links": ['))).toBe(true)
    for (const other of ['[1]', '{"cfg": 1}', 'PK', '', '<xml/>'])
      expect(looksLikeAttributionGraph(Buffer.from(other))).toBe(false)
  })
})

describe('export', () => {
  it('keeps bare NaN, −0 and keys of its own invention as they were', async () => {
    const nodes = [feature(1, 2, 0, { odd: -0 }), logit(4, 9, 1)]
    const text = JSON.stringify({
      qk_only_nodes: { x: 1 },
      ...graphFile(nodes, []),
      zeta: [1, { '\u0000NaN': '\u0000NaN' }],
    })
      .replace('"influence":0.5', '"influence":NaN')
      .replace('"odd":0', '"odd":-0.0')
    const again = await exported(await imported(text))
    expect(again).toContain('"influence":NaN')
    expect(again).toContain('"odd":-0.0')
    const plain = (one: string): unknown => JSON.parse(one.replace(':NaN', ':"bare"'))
    expect(plain(again)).toStrictEqual(plain(text))
    expect(Object.keys(plain(again) as object)).toEqual(Object.keys(plain(text) as object))
  })

  it('gives a readable file for any circuit of this kind, with addresses as ids where the format has no form', async () => {
    let written = 0
    for (let seed = 0; seed < 40; seed++) {
      const circuit = randomCircuit(seed, { source: 'ATTRIBUTION_GRAPH' })
      const text = await exported({ circuit, residue: null })
      const file = JSON.parse(text) as File
      expect(new Set(file.nodes.map(({ node_id }) => node_id)).size).toBe(circuit.nodes.length)
      expect(file.links.map(({ weight }) => weight)).toEqual([...circuit.edges.weight])
      written += file.links.length
    }
    expect(written).toBeGreaterThan(500)
  })

  it('gives a custom target an id that is read as one again', async () => {
    const custom = logit(27, 256_000, 4, { clerp: 'Output "logit(x)-logit(y)" (p=1.000)' })
    const { circuit } = await imported(graphFile([feature(7, 1, 4), custom], [link('7_1_4', custom, 2)]))
    const again = await imported(await exported({ circuit, residue: null }))
    expect(again.circuit.id).toBe(circuit.id)
  })

  it('refuses a circuit of another kind, and a damaged residue', async () => {
    const other = randomCircuit(1, { source: 'SPARSE_WEIGHTS' })
    await expect(exported({ circuit: other, residue: null })).rejects.toMatchObject({
      code: 'NOT_MEANINGFUL',
    })
    const record = await imported(graphFile([feature(1, 2, 0)], []))
    for (let cut = 0; cut < record.residue!.length; cut++) {
      const residue = record.residue!.subarray(0, cut)
      await expect(exported({ circuit: record.circuit, residue })).rejects.toMatchObject({ code: 'BAD_FILE' })
    }
  })

  it('comes in pieces, never as one text', async () => {
    const nodes = [token(1, 0), ...Array.from({ length: 12_000 }, (_, i) => feature(1, i, 0))]
    const record = await imported(
      graphFile(
        nodes,
        nodes.slice(1).map((node) => link(nodes[0]!, node, 1)),
      ),
    )
    let pieces = 0
    let longest = 0
    let total = 0
    for await (const piece of writeAttributionGraph(record.circuit, record.residue)) {
      pieces++
      longest = Math.max(longest, piece.length)
      total += piece.length
    }
    expect(pieces).toBeGreaterThan(6)
    expect(longest).toBeLessThan(total / 2)
  })
})

function seededBytes(length: number): Uint8Array {
  const random = seededRandom(4)
  return Uint8Array.from({ length }, () => random.below(256))
}
