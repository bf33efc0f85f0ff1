/** How large a file may be, so that none exhausts the memory. */
import type { ElementLimits } from '../json-elements.js'

export interface RawLimits extends ElementLimits {
  readonly nodes: number
  readonly links: number
  /** Bytes of all nodes and of what links say beyond source, target and weight: all that is kept as text. */
  readonly keptBytes: number
  /** Bytes of a compressed file, once unpacked. */
  readonly bytes: number
}

/** The largest graph that is known (graph-formats.md §1.6) has 63 thousand nodes; another 16 million links. */
export const RAW_LIMITS: RawLimits = {
  depth: 100,
  elementBytes: 4 << 20,
  restBytes: 64 << 20,
  keptBytes: 192 << 20,
  nodes: 500_000,
  links: 20_000_000,
  bytes: 8 * 2 ** 30,
}
