/** Which stored weights and residual links a variant changes, from the link sets of a measurement. */
import { InvalidInput } from '../domain/errors.js'
import type { ChannelSet } from '../domain/experiment/channel-set.js'
import type { LinkFamily, LinkSet } from '../domain/experiment/measurement.js'
import type { ModelConfig } from '../domain/sparse-model-data.js'
import { maskableSites, weightStretches } from '../model/model-graph.js'
import type { PreparedModel } from '../model/prepared-model.js'
import type { SparseMatrix } from '../model/sparse-matrix.js'
import { placeOf } from '../model/sparse-matrix.js'
import { tapPlace } from './tap-names.js'

export interface LinkPlan {
  /** By source tap (`0.attn.v` stands for the attended value): flags per nonzero weight and per column. */
  readonly products: ReadonlyMap<string, { readonly flags: Uint8Array; readonly columns: Uint8Array }>
  /** Changed residual links by reading tap. */
  readonly reads: ReadonlyMap<string, readonly { readonly writer: string; readonly channels: Uint32Array }[]>
  /** Taps that changed residual links read from. */
  readonly writers: ReadonlySet<string>
}

/** The product that a source tap feeds, and which of its rows a target tap owns. */
interface Product {
  readonly source: string
  readonly matrix: SparseMatrix
  readonly targets: readonly { readonly tap: string; readonly from: number; readonly to: number }[]
}

const WEIGHT_SOURCE = /^\d+\.(attn\.(act_in|v)|mlp\.(act_in|post_act))$/

/** Sublayers of a link set: where the first changed reader stands, and the first write that must be seen again. */
export function linkReach(
  config: ModelConfig,
  set: LinkSet,
): { readonly reader: number; readonly writer: number } {
  if (set.complement) return { reader: 0, writer: 0 }
  let reader = 2 * config.layers
  let writer = 2 * config.layers
  for (const { from, to } of set.families) {
    reader = Math.min(reader, tapPlace(config, to).sublayer)
    if (!WEIGHT_SOURCE.test(from)) writer = Math.min(writer, tapPlace(config, from).sublayer)
  }
  return { reader, writer: Math.min(reader, writer) }
}

/** Weight of every link of a family; null for residual links, which store none. Throws as `linkPlan`. */
export function linkWeights(model: PreparedModel, family: LinkFamily): Float64Array | null {
  if (!WEIGHT_SOURCE.test(family.from)) {
    checkResidual(model.config, family)
    return null
  }
  const products = new Map(productsOf(model).map((product) => [product.source, product]))
  const weights = new Float64Array(family.source.length)
  let at = 0
  eachWeight(products, family, ({ matrix }, p) => {
    weights[at++] = matrix.value[p]!
  })
  return weights
}

/** Flags the links of several sets at once. Throws BAD_INPUT naming a link that the model does not have. */
export function linkPlan(model: PreparedModel, sets: readonly LinkSet[], universe: ChannelSet): LinkPlan {
  const products = new Map(productsOf(model).map((product) => [product.source, product]))
  const flags = new Map<string, Uint8Array>()
  const flagsOf = ({ source, matrix }: Product): Uint8Array => {
    const known = flags.get(source) ?? new Uint8Array(matrix.value.length)
    flags.set(source, known)
    return known
  }
  for (const set of sets) if (set.complement) flagAllBut(products, flagsOf, set, universe)
  const reads = new Map<string, { writer: string; channels: Uint32Array }[]>()
  for (const { families, complement } of sets) {
    for (const family of families) {
      if (WEIGHT_SOURCE.test(family.from)) {
        if (!complement) eachWeight(products, family, (product, p) => flagsOf(product).fill(1, p, p + 1))
      } else if (complement) {
        throw new InvalidInput(
          'BAD_INPUT',
          `all links but ${family.from} → ${family.to}: only weights are listed so`,
        )
      } else {
        checkResidual(model.config, family)
        const list = reads.get(family.to) ?? []
        reads.set(family.to, list)
        list.push({ writer: family.from, channels: family.source })
      }
    }
  }
  return {
    products: new Map(
      Array.from(flags, ([source, marked]) => [
        source,
        { flags: marked, columns: columnFlags(products.get(source)!.matrix, marked) },
      ]),
    ),
    reads,
    writers: new Set([...reads.values()].flat().map(({ writer }) => writer)),
  }
}

function flagAllBut(
  products: ReadonlyMap<string, Product>,
  flagsOf: (product: Product) => Uint8Array,
  { families }: LinkSet,
  universe: ChannelSet,
): void {
  for (const product of products.values()) {
    const { source, matrix, targets } = product
    const marked = flagsOf(product)
    const rows = new Uint8Array(matrix.rows)
    for (const { tap, from } of targets) for (const index of universe.get(tap) ?? []) rows[from + index] = 1
    for (const c of universe.get(source) ?? [])
      for (let p = matrix.columnStart[c]!; p < matrix.columnStart[c + 1]!; p++)
        marked[p] = rows[matrix.row[p]!]!
  }
  for (const family of families)
    if (WEIGHT_SOURCE.test(family.from))
      eachWeight(products, family, (product, p) => flagsOf(product).fill(0, p, p + 1))
}

function eachWeight(
  products: ReadonlyMap<string, Product>,
  family: LinkFamily,
  visit: (product: Product, weight: number) => void,
): void {
  const product = products.get(family.from)
  const target = product?.targets.find(({ tap }) => tap === family.to)
  if (product === undefined || target === undefined)
    throw new InvalidInput('BAD_INPUT', `no weights lead from ${family.from} to ${family.to}`)
  const { matrix } = product
  family.source.forEach((column, i) => {
    const index = family.target[i]!
    const p =
      column < matrix.columns && index < target.to - target.from
        ? placeOf(matrix, target.from + index, column)
        : -1
    if (p < 0)
      throw new InvalidInput(
        'BAD_INPUT',
        `the model has no weight ${family.from}[${column}]->${family.to}[${index}]`,
      )
    visit(product, p)
  })
}

function checkResidual(config: ModelConfig, { from, to, source, target }: LinkFamily): void {
  const writes = from === 'embed' || from.endsWith('.resid_delta')
  const reads = to === 'final_resid' || to.endsWith('.act_in')
  const place = tapPlace(config, from)
  const reader = tapPlace(config, to)
  if (!writes || !reads || place.sublayer >= reader.sublayer)
    throw new InvalidInput('BAD_INPUT', `no residual link leads from ${from} to ${to}`)
  source.forEach((channel, i) => {
    if (channel >= config.dModel || channel !== target[i])
      throw new InvalidInput(
        'BAD_INPUT',
        `a residual link keeps its channel: ${from}[${channel}]->${to}[${target[i]}] does not`,
      )
  })
  if (
    config.residualActivation !== 'identity' ||
    config.topKSites.some((site) => site.startsWith('resid_post'))
  )
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      'this model changes its residual stream between writes and reads, so that a single residual link has no share of it',
    )
}

function productsOf(model: PreparedModel): Product[] {
  const sites = maskableSites(model.config)
  return weightStretches(model).map(({ source, matrix, targets, targetWidth }) => ({
    source: sites[source]!.tap,
    matrix,
    targets: targets.map((site, n) => ({
      tap: sites[site]!.tap,
      from: n * targetWidth,
      to: (n + 1) * targetWidth,
    })),
  }))
}

function columnFlags(matrix: SparseMatrix, flags: Uint8Array): Uint8Array {
  const columns = new Uint8Array(matrix.columns)
  for (let c = 0; c < matrix.columns; c++)
    for (let p = matrix.columnStart[c]!; p < matrix.columnStart[c + 1]!; p++)
      if (flags[p] === 1) {
        columns[c] = 1
        break
      }
  return columns
}
