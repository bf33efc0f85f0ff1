/** What the folder of one bundled sparse model holds, apart from its README. */
import type { Circuit } from '../src/domain/graph-data.js'
import type { SparseModelData } from '../src/domain/sparse-model-data.js'
import { circuitOfModel } from '../src/formats/circuitql-json/circuit-of-model.js'
import { writeShortCircuitJson } from '../src/formats/circuitql-json/write-circuit-json.js'
import {
  type ExportedFile,
  jsonFile,
  writeSparseModel,
} from '../src/formats/sparse-release/write-sparse-model.js'
import { greedyTokenizer } from '../src/model/greedy-tokenizer.js'
import { maskableSites } from '../src/model/model-graph.js'
import { prepareModel } from '../src/model/prepared-model.js'

export interface ZooPrompt {
  readonly name: string
  readonly text: string
  /** Right next token and the one it is weighed against. */
  readonly target: string
  readonly alternative: string
}

/** Logit of the target minus logit of the alternative at the last position, as the hand calculation gives it. */
export interface ExpectedAnswers {
  readonly full: number
  /** By the name of the node that is replaced. */
  readonly zero: Readonly<Record<string, number>>
  readonly mean: Readonly<Record<string, number>>
  /** All other channels of all masked sites replaced. */
  readonly keepOnly: { readonly zero: number; readonly mean: number }
  /** All nodes of the circuit replaced. */
  readonly remove: { readonly zero: number; readonly mean: number }
}

export interface ZooModel {
  readonly folder: string
  readonly model: SparseModelData
  readonly task: { readonly name: string; readonly version: string }
  /** Address of each node of the circuit by its name in the README. */
  readonly nodes: Readonly<Record<string, string>>
  readonly prompts: readonly ZooPrompt[]
  readonly answers: (prompt: ZooPrompt) => ExpectedAnswers
}

/** How far a computed answer may lie from the hand calculation, which takes the norm's divisor for exactly 2^19. */
const TOLERANCE = 1e-9

export function zooCircuit(zoo: ZooModel): Circuit {
  return circuitOfModel(prepareModel(zoo.model), {
    task: zoo.task,
    maskedSites: maskableSites(zoo.model.config).map((site) => site.tap),
    nodes: Object.values(zoo.nodes),
  })
}

/** Path below `zoo/` and content of every file that the build writes for the model. */
export async function zooFiles(zoo: ZooModel): Promise<readonly ExportedFile[]> {
  const circuit = zooCircuit(zoo)
  const tokens = (text: string): readonly number[] => greedyTokenizer(zoo.model.vocabulary!).encode(text)
  const prompts = zoo.prompts.map((prompt) => ({
    name: prompt.name,
    text: prompt.text,
    tokens: tokens(prompt.text),
    target: { token: tokens(prompt.target)[0]!, text: prompt.target },
    alternative: { token: tokens(prompt.alternative)[0]!, text: prompt.alternative },
  }))
  const { nodes, edges } = circuit
  const expected = {
    metric: 'LOGIT_DIFFERENCE',
    tolerance: TOLERANCE,
    model: zoo.model.id,
    circuit: circuit.id,
    nodes: zoo.nodes,
    edges: Object.fromEntries(
      Array.from(edges.weight, (weight, e) => [
        `${nodes[edges.source[e]!]!.address}->${nodes[edges.target[e]!]!.address}`,
        weight,
      ]),
    ),
    prompts: Object.fromEntries(zoo.prompts.map((prompt) => [prompt.name, zoo.answers(prompt)])),
  }
  return [
    ...writeSparseModel(zoo.model),
    { name: 'circuit.json', bytes: (await writeShortCircuitJson(circuit, zoo.model))! },
    { name: 'prompts.json', bytes: jsonFile({ task: zoo.task, prompts }) },
    { name: 'expected.json', bytes: jsonFile(expected) },
  ].map(({ name, bytes }) => ({ name: `${zoo.folder}/${name}`, bytes }))
}
