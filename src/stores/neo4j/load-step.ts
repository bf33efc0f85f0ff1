/** A part of a load that fits one transaction; `$ns` and `$id` are added when it runs. */
import type { Cypher } from './neo4j-database.js'

export interface LoadStep {
  readonly statements: readonly Cypher[]
  /** Edges that are written when the step is done. */
  readonly edges: number
}
