import { Ctx, FieldResolver, Query, Resolver } from 'type-graphql'
import { MetaType, StoreFactsType } from '../schema/meta.type.js'
import { MAX_PATHS } from '../src/application/ask-paths.js'
import { DEFAULT_PAGE, MAX_PAGE } from '../src/application/paging.js'
import { MAX_COLUMN_EDGES } from '../src/application/read-columns.js'
import { ENGINE_VERSION } from '../src/domain/provenance.js'
import type { ApiContext } from './api-context.js'

@Resolver(() => MetaType)
export class MetaResolver {
  @Query(() => MetaType, { description: 'This server: versions, store, back ends, limits.' })
  meta(@Ctx() { limits, version }: ApiContext): Omit<MetaType, 'store'> {
    return {
      version,
      language: 'cql1',
      engineVersion: ENGINE_VERSION,
      backEnds: ['sparse-float64'],
      limits: {
        ...limits,
        pageDefault: DEFAULT_PAGE,
        pageMax: MAX_PAGE,
        pathsMax: MAX_PATHS,
        columnEdges: MAX_COLUMN_EDGES,
      },
    }
  }

  @FieldResolver(() => StoreFactsType, { description: 'The store behind this server.' })
  async store(@Ctx() { useCases }: ApiContext): Promise<StoreFactsType> {
    const { kind, engine, schemaVersion } = await useCases.describeStore()
    return { kind: kind === 'neo4j' ? 'NEO4J' : 'EMBEDDED', engine, schemaVersion }
  }
}
