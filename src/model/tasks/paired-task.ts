/**
 * A task as its author writes it: two answers, and forms of text in which a small difference decides between them. From
 * it come the examples (with a fixed seed, so that a version never changes) and text to train on.
 */
import { invariant } from '../../domain/errors.js'
import { sha256Hex } from '../../domain/sha256.js'
import type { TaskData, TaskExample, TaskLanguage, TaskSplit } from '../../domain/task.js'
import { Draws } from './generated.js'
import {
  type Fills,
  filled,
  type ParsedTemplate,
  parseTemplate,
  poolOf,
  type RenderedText,
  render,
  type Variant,
} from './template-text.js'

export interface PairedTask {
  readonly name: string
  readonly version: string
  readonly language: TaskLanguage
  readonly description: string
  /** The part of every role, in words: what `positions: {role}` speaks of. */
  readonly roles: Readonly<Record<string, string>>
  /** Right answers of the two variants; may hold slots of the prompt. */
  readonly answers: readonly [string, string]
  /** Both prompts of a pair have as many tokens, and every role the same positions. */
  readonly aligned: boolean
  readonly forms: readonly Form[]
  /** What stands before a form that does not say it itself. */
  readonly surroundings: readonly Surrounding[]
  /** Words by pool. */
  readonly pools: Pools
  readonly seed: number
}

export type Pools = Readonly<Record<string, readonly string[]>>

export interface Form {
  readonly name: string
  /** See template-text.ts. */
  readonly text: string
  /** Never in TRAIN nor in training text: all its examples are TEST. */
  readonly heldOut?: boolean
  readonly surroundings?: readonly Surrounding[]
}

export interface Surrounding {
  readonly name: string
  readonly text: string
  /** What each line of the form is moved in by. */
  readonly indent: string
}

/** A pair with all of its text, first variant first. */
export interface DrawnPair {
  readonly template: string
  readonly split: TaskSplit
  readonly variants: readonly [DrawnVariant, DrawnVariant]
}

export interface DrawnVariant extends RenderedText {
  readonly answer: string
}

export const EXAMPLES_PER_TASK = 512

/** One of six pairs of a template in TRAIN is held out by the hash of its prompts. */
const HELD_OUT_SHARE = 6

/** Pairs in which no prompt stands twice, so that no prompt is in two splits. */
export function drawnPairs(task: PairedTask, count = EXAMPLES_PER_TASK): readonly DrawnPair[] {
  const draws = new Draws(task.seed)
  const taken = new Set<string>()
  const pairs: DrawnPair[] = []
  const templates = templatesOf(task)
  // In turn, so that a template has as many as another.
  for (let tries = 0; pairs.length < count && tries < 50 * count; tries++) {
    const [form, around] = templates[tries % templates.length]!
    const pair = drawPair(task, form, around, draws)
    const prompts = pair.variants.map(({ prompt }) => prompt)
    if (prompts.some((prompt) => taken.has(prompt))) continue
    for (const prompt of prompts) taken.add(prompt)
    pairs.push(pair)
  }
  return pairs
}

export function taskOfPairs(task: PairedTask): TaskData {
  const { name, version, language, description, aligned } = task
  // Which member is the clean one is drawn apart, so that it says nothing of the pair.
  const order = new Draws(task.seed + 1)
  const examples = drawnPairs(task).map((pair): TaskExample => {
    const [first, second] = pair.variants
    const [clean, corrupt] = order.below(2) === 0 ? [first, second] : [second, first]
    return {
      clean: { kind: 'text', text: clean.prompt },
      corrupt: { kind: 'text', text: corrupt.prompt },
      target: clean.answer,
      alternative: corrupt.answer,
      template: pair.template,
      split: pair.split,
      roles: {},
      spans: Object.fromEntries(
        Object.keys(clean.spans).map((role) => [
          role,
          { clean: clean.spans[role]!, corrupt: corrupt.spans[role]! },
        ]),
      ),
    }
  })
  return { name, version, language, description, aligned, examples }
}

/** Whole text of a template of TRAIN, answered rightly; `avoided`: prompts that must not be met in training. */
export function trainingText(task: PairedTask, draws: Draws, avoided: ReadonlySet<string>): string {
  const forms = task.forms.filter(({ heldOut }) => heldOut !== true)
  for (;;) {
    const form = draws.one(forms)
    const { template, fills } = drawText(task, form, draws.one(form.surroundings ?? task.surroundings), draws)
    const { prompt, answer, rest } = variantOf(task, template, fills, draws.below(2) === 0 ? 0 : 1)
    if (!avoided.has(prompt)) return `${prompt}${answer}${rest}`
  }
}

/** Prompts of examples that are not in TRAIN. */
export function untrainedPrompts(task: PairedTask): readonly string[] {
  return drawnPairs(task)
    .filter(({ split }) => split !== 'TRAIN')
    .flatMap(({ variants }) => variants.map(({ prompt }) => prompt))
}

/** Forms with their surroundings, neighbours of different forms. */
function templatesOf({ forms, surroundings }: PairedTask): readonly (readonly [Form, Surrounding])[] {
  const most = Math.max(...forms.map((form) => (form.surroundings ?? surroundings).length))
  return Array.from({ length: most }, (_, i) => i).flatMap((i) =>
    forms.flatMap((form) => {
      const around = (form.surroundings ?? surroundings)[i]
      return around === undefined ? [] : [[form, around] as const]
    }),
  )
}

function drawPair(task: PairedTask, form: Form, around: Surrounding, draws: Draws): DrawnPair {
  const { template, fills } = drawText(task, form, around, draws)
  const variants = [variantOf(task, template, fills, 0), variantOf(task, template, fills, 1)] as const
  return {
    template: `${form.name}, ${around.name}`,
    split: form.heldOut === true ? 'TEST' : isHeldOut(variants) ? 'HELD_OUT' : 'TRAIN',
    variants,
  }
}

function drawText(
  task: PairedTask,
  form: Form,
  around: Surrounding,
  draws: Draws,
): { readonly template: ParsedTemplate; readonly fills: Fills } {
  const template = templateOf(form, around)
  return { template, fills: drawFills(template, task, draws) }
}

function variantOf(task: PairedTask, template: ParsedTemplate, fills: Fills, which: Variant): DrawnVariant {
  return { ...render(template, fills, which), answer: filled(task.answers[which], fills) }
}

function isHeldOut(variants: readonly DrawnVariant[]): boolean {
  const prompts = variants.map(({ prompt }) => prompt).sort()
  return Number.parseInt(sha256Hex(prompts.join('\0')).slice(0, 8), 16) % HELD_OUT_SHARE === 0
}

const parsed = new WeakMap<Form, Map<Surrounding, ParsedTemplate>>()

/** The form in its surrounding, every line of it moved in. */
function templateOf(form: Form, around: Surrounding): ParsedTemplate {
  const own = parsed.get(form) ?? new Map<Surrounding, ParsedTemplate>()
  parsed.set(form, own)
  const template =
    own.get(around) ?? parseTemplate(around.text + form.text.replaceAll(/^(?=.)/gm, around.indent))
  own.set(around, template)
  return template
}

/** No word is drawn twice, so that one name never means two things. */
function drawFills({ slots }: ParsedTemplate, { name, pools }: PairedTask, draws: Draws): Fills {
  const fills = new Map<string, string>()
  const used = new Set<string>()
  for (const slot of slots) {
    const words = pools[poolOf(slot)] ?? []
    invariant(
      words.some((word) => !used.has(word)),
      `the task ${name} has words for ${slot}`,
    )
    let word = draws.one(words)
    while (used.has(word)) word = draws.one(words)
    used.add(word)
    fills.set(slot, word)
  }
  return fills
}
