/**
 * Runs members of a family of circuits on one prompt, computing kept channels only. What a member shares with the one
 * before it, up to the first sublayer where they differ, is not computed again (algorithms.md B3.1).
 */
import type { VariantPlan } from '../tap-plan.js'
import { ActiveChannels } from './active-channels.js'
import type { KeptChannels } from './kept-channels.js'
import type { StillSublayer, StillWorld } from './still-world.js'

export interface Member {
  readonly kept: KeptChannels
  readonly plan: VariantPlan
  /** Positions of this prompt by choice. */
  readonly positions: readonly Uint32Array[]
}

type Replacing = (tap: string, kept: Uint32Array) => ActiveChannels

export class CompiledCircuit {
  readonly #world: StillWorld
  /** Deviations of the stream before each sublayer, and after the last: [positions, written] each. */
  readonly #streams: Float64Array[]
  /** Smallest margin of everything before each sublayer. */
  readonly #margins: Float64Array
  readonly #replacements = new Map<string, Float64Array>()

  constructor(world: StillWorld) {
    const { sublayers, positions, written } = world
    this.#world = world
    this.#streams = Array.from(
      { length: sublayers.length + 1 },
      () => new Float64Array(positions * written.length),
    )
    this.#margins = new Float64Array(sublayers.length + 1).fill(Number.POSITIVE_INFINITY)
  }

  /** Logits as `StillEnd` gives them, and the smallest margin of a kept channel at a cut. */
  run(member: Member, start: number): { readonly logits: Float64Array | null; readonly margin: number } {
    const { sublayers, positions } = this.#world
    const replacing = activeChannels(member, positions)
    for (let s = start; s < sublayers.length; s++) {
      const margin = { smallest: this.#margins[s]! }
      const next = this.#streams[s + 1]!
      next.set(this.#streams[s]!)
      const sublayer = sublayers[s]!
      if (sublayer !== null) this.#addWrites(s, sublayer, replacing, next, margin)
      this.#margins[s + 1] = margin.smallest
    }
    const replaced = member.plan.taps.has('final_resid')
    const end = this.#world.end(replaced)
    const active = replaced ? replacing('final_resid', end.channels) : null
    const logits = end.logits(this.#streams[sublayers.length]!, (t, n) => active?.at(t, n) ?? true)
    return { logits, margin: this.#margins[sublayers.length]! }
  }

  #addWrites(
    s: number,
    sublayer: StillSublayer,
    replacing: Replacing,
    stream: Float64Array,
    margin: { smallest: number },
  ): void {
    const { positions, written, sublayers, firstRow } = this.#world
    const { reading, write } = sublayer
    // Behind the keys and values of the last layer only rows that a wanted logit is read from matter.
    const from = s >= sublayers.length - 2 ? firstRow : 0
    const block = `${s >>> 1}.${sublayer.kind === 'ATTENTION' ? 'attn' : 'mlp'}`
    const writes = replacing(`${block}.resid_delta`, write.kept)
    if (!writes.any) return
    const room = (channels: Uint32Array): Float64Array => new Float64Array(positions * channels.length)

    const input = room(reading.kept)
    const actIn = `${block}.act_in`
    const replaced = this.#replacement(actIn, reading.kept)
    reading.run(
      replacing(actIn, reading.kept),
      this.#streams[s]!,
      replaced,
      input,
      margin,
      sublayer.kind === 'MLP' ? from : 0,
    )

    let sources: Float64Array
    if (sublayer.kind === 'MLP') {
      const { neurons } = sublayer
      const tap = `${block}.post_act`
      sources = room(neurons.kept)
      neurons.run(
        replacing(tap, neurons.kept),
        input,
        this.#replacement(tap, neurons.kept),
        sources,
        margin,
        from,
      )
    } else {
      const part = (name: 'q' | 'k' | 'v') => {
        const site = sublayer[name]
        const tap = `${block}.${name}`
        const active = replacing(tap, site.kept)
        const deviations = room(site.kept)
        site.run(
          active,
          input,
          this.#replacement(tap, site.kept),
          deviations,
          margin,
          name === 'q' ? from : 0,
        )
        return { active, deviations }
      }
      sources = room(sublayer.heads.written)
      sublayer.heads.run({ q: part('q'), k: part('k'), v: part('v') }, sources)
    }

    const delta = room(write.kept)
    const tap = `${block}.resid_delta`
    write.run(writes, sources, this.#replacement(tap, write.kept), delta, margin, from)
    const places = write.kept.map((channel) => written.indexOf(channel))
    for (let t = 0; t < positions; t++)
      for (let n = 0; n < places.length; n++) {
        const to = t * written.length + places[n]!
        stream[to] = stream[to]! + delta[t * places.length + n]!
      }
  }

  /** [rows, kept]: what stands in the channels of a tap where they are replaced. */
  #replacement(tap: string, kept: Uint32Array): Float64Array {
    const known = this.#replacements.get(tap)
    if (known !== undefined) return known
    const { values } = this.#world
    const all = values.of(tap)
    const width = all.length / values.rows
    const own = new Float64Array(values.rows * kept.length)
    for (let row = 0; row < values.rows; row++)
      kept.forEach((channel, n) => {
        own[row * kept.length + n] = all[row * width + channel]!
      })
    this.#replacements.set(tap, own)
    return own
  }
}

function activeChannels({ kept, plan, positions }: Member, length: number): Replacing {
  return (tap, family) => {
    const own = new Set(kept.get(tap))
    const flags = Uint8Array.from(family, (channel) => (own.has(channel) ? 1 : 0))
    const parts = (plan.taps.get(tap) ?? []).filter((part) => part.positions !== null)
    if (parts.length === 0) return new ActiveChannels(flags, null)
    const except = new Uint8Array(length * family.length)
    for (const part of parts) {
      const gone = new Set(part.channels)
      for (const t of positions[part.positions!]!)
        family.forEach((channel, n) => {
          if (gone.has(channel)) except[t * family.length + n] = 1
        })
    }
    return new ActiveChannels(flags, except)
  }
}
