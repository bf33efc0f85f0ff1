/** The hand calculation of each bundled model against two forward passes that share no code: a plain one and the engine. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runToEnd } from '../../../../src/domain/steps.js'
import { measure } from '../../../../src/engine/measure.js'
import { circuitOfModel } from '../../../../src/formats/circuitql-json/circuit-of-model.js'
import { readCircuitJson } from '../../../../src/formats/circuitql-json/read-circuit-json.js'
import { diskFile } from '../../../../src/formats/source-file.js'
import { readSparseModel } from '../../../../src/formats/sparse-release/read-sparse-model.js'
import { prepareModel } from '../../../../src/model/prepared-model.js'
import { asMeasurement } from '../../../support/as-measurement.js'
import { promptOf } from '../../../support/by-hand.js'
import { naiveLogits, openNaive } from './naive-model.js'

const ZOO = join(__dirname, '../../../../zoo')
const CONTEXT = { owner: 'tester', importedAt: '2026-01-01T00:00:00Z', name: null }

interface Expected {
  tolerance: number
  model: string
  circuit: string
  nodes: Record<string, string>
  edges: Record<string, number>
  prompts: Record<
    string,
    {
      full: number
      zero: Record<string, number>
      mean: Record<string, number>
      keepOnly: Record<'zero' | 'mean', number>
      remove: Record<'zero' | 'mean', number>
    }
  >
}
interface Prompt {
  name: string
  text: string
  tokens: number[]
  target: { token: number }
  alternative: { token: number }
}

describe.each(['string-closing', 'bracket-depth'])('%s', (name) => {
  const folder = join(ZOO, name)
  const json = <T>(file: string): T => JSON.parse(readFileSync(join(folder, file), 'utf8')) as T
  const expected = json<Expected>('expected.json')
  const { prompts } = json<{ prompts: Prompt[] }>('prompts.json')
  const { sequences } = json<{ sequences: number[][] }>('reference_set.json')
  const vocabulary = json<string[]>('vocabulary.json')
  const naive = openNaive(folder)

  const importModel = async () => {
    const files = ['beeg_config.json', 'model.safetensors', 'reference_set.json', 'vocabulary.json']
    return (await readSparseModel(await Promise.all(files.map((file) => diskFile(join(folder, file)))))).data
  }

  /** Mean of every channel of every maskable tap over all tokens of the reference set. */
  const means = new Map<string, number>()
  const tokenCount = sequences.flat().length
  for (const sequence of sequences) {
    naiveLogits(
      naive,
      sequence,
      (_, __, value) => value,
      (tap, values) => {
        for (const row of values)
          for (const [i, value] of row.entries())
            means.set(`${tap}[${i}]`, (means.get(`${tap}[${i}]`) ?? 0) + value / tokenCount)
      },
    )
  }
  const circuit = new Set(Object.values(expected.nodes))
  const baseline = { zero: () => 0, mean: (address: string) => means.get(address)! }

  /** Every way of running the model that expected.json speaks of: which channels are replaced, by what, and the answer. */
  const cases = prompts.flatMap((prompt) => {
    const answers = expected.prompts[prompt.name]!
    const all = [...means.keys()]
    const rows: [string, readonly string[], (address: string) => number, number][] = [
      ['as it is', [], baseline.zero, answers.full],
    ]
    for (const way of ['zero', 'mean'] as const) {
      for (const [node, address] of Object.entries(expected.nodes))
        rows.push([`with ${node} at ${way}`, [address], baseline[way], answers[way][node]!])
      rows.push([
        `with only the circuit kept, the rest at ${way}`,
        all.filter((address) => !circuit.has(address)),
        baseline[way],
        answers.keepOnly[way],
      ])
      rows.push([`with the circuit at ${way}`, [...circuit], baseline[way], answers.remove[way]])
    }
    return rows.map(([title, replaced, value, answer]) => ({
      prompt,
      title: `${prompt.name} ${title}`,
      replaced,
      value,
      answer,
    }))
  })

  it.each(cases)('answers $title as the plain forward pass does', ({ prompt, replaced, value, answer }) => {
    const logits = naiveLogits(naive, prompt.tokens, (tap, index, computed) =>
      replaced.includes(`${tap}[${index}]`) ? value(`${tap}[${index}]`) : computed,
    )
    expect(Math.abs(logits[prompt.target.token]! - logits[prompt.alternative.token]! - answer)).toBeLessThan(
      expected.tolerance,
    )
  })

  it('answers all of it as the engine does', async () => {
    const model = prepareModel(await importModel())
    for (const { prompt, title, replaced, value, answer } of cases) {
      const variant = replaced.map((address) => {
        const [, tap, index] = /^(.*)\[(\d+)\]$/.exec(address)!
        return { tap: tap!, index: Number(index), position: null, value: value(address) }
      })
      const request = asMeasurement(model, {
        prompts: [promptOf(prompt.tokens, prompt.target.token, prompt.alternative.token)],
        metrics: ['LOGIT_DIFFERENCE'],
        variants: [variant],
      })
      const [measured] = runToEnd(measure(model, request)).values
      expect({ title, right: Math.abs(measured! - answer) < expected.tolerance }).toEqual({
        title,
        right: true,
      })
    }
  })

  it('has the ids and the circuit that expected.json names', async () => {
    const data = await importModel()
    expect(data.id).toBe(expected.model)
    const { circuit: read } = await readCircuitJson(
      await diskFile(join(folder, 'circuit.json')),
      async () => data,
      CONTEXT,
    )
    expect(read.id).toBe(expected.circuit)
    expect(read.nodes.map((node) => node.address).sort()).toEqual(Object.values(expected.nodes).sort())
    const edges = Array.from(read.edges.weight, (weight, e) => [
      `${read.nodes[read.edges.source[e]!]!.address}->${read.nodes[read.edges.target[e]!]!.address}`,
      weight,
    ])
    expect(Object.fromEntries(edges)).toEqual(expected.edges)
  })

  it('is more than its circuit: other weights stand beside it', async () => {
    const data = await importModel()
    const whole = circuitOfModel(prepareModel(data), {
      task: null,
      maskedSites: [...new Set([...means.keys()].map((a) => a.replace(/\[.*/, '')))],
      nodes: [...means.keys()],
    })
    expect(whole.edges.count).toBeGreaterThan(Object.keys(expected.edges).length)
  })

  it('spells its prompts by its own vocabulary', () => {
    for (const prompt of prompts)
      expect(prompt.tokens.map((token) => vocabulary[token]).join('')).toBe(prompt.text)
  })

  it('keeps the root mean square of the stream where the README says, for every token', () => {
    const { shape, values } = naive.weights.get('transformer.wte.weight')!
    for (let token = 0; token < shape[0]!; token++) {
      const row = values.slice(token * shape[1]!, (token + 1) * shape[1]!)
      expect(Math.sqrt(row.reduce((sum, v) => sum + v * v, 0) / row.length)).toBe(2 ** 19)
    }
    const rows = Array.from({ length: shape[0]! }, (_, token) =>
      values.slice(token * shape[1]!, (token + 1) * shape[1]!).join(),
    )
    expect(new Set(rows).size).toBe(rows.length)
  })
})
