import {
  AblationAnswerResolver,
  AttributionAnswerResolver,
  FlowAnswerResolver,
  InfluenceAnswerResolver,
} from './answer.resolver.js'
import { BottleneckAnswerResolver } from './bottleneck-answer.resolver.js'
import { CatalogueResolver } from './catalogue.resolver.js'
import { CircuitResolver } from './circuit.resolver.js'
import { CircuitGraphResolver } from './circuit-graph.resolver.js'
import { CircuitNodeResolver } from './circuit-node.resolver.js'
import { ComponentResolver, ComponentsResolver, ComponentUseResolver } from './component.resolver.js'
import { GraphQuestionResolver } from './graph-question.resolver.js'
import { JobResolver } from './job.resolver.js'
import { MatchResolver } from './match.resolver.js'
import { MetaResolver } from './meta.resolver.js'
import { MutationResolver } from './mutation.resolver.js'
import { NodeResolver } from './node.resolver.js'
import { ChannelPartnersResolver, ChannelTokensResolver, NodeInsideResolver } from './node-inside.resolver.js'
import { PatternResolver } from './pattern.resolver.js'
import { ModelIdentityResolver, SparseModelResolver } from './sparse-model.resolver.js'
import { SubcircuitResolver } from './subcircuit.resolver.js'
import { TaskResolver } from './task.resolver.js'

export const RESOLVERS = [
  PatternResolver,
  MatchResolver,
  ComponentsResolver,
  ComponentResolver,
  ComponentUseResolver,
  MetaResolver,
  NodeResolver,
  CatalogueResolver,
  CircuitGraphResolver,
  GraphQuestionResolver,
  CircuitResolver,
  SparseModelResolver,
  ModelIdentityResolver,
  SubcircuitResolver,
  CircuitNodeResolver,
  TaskResolver,
  NodeInsideResolver,
  ChannelPartnersResolver,
  ChannelTokensResolver,
  FlowAnswerResolver,
  BottleneckAnswerResolver,
  InfluenceAnswerResolver,
  AblationAnswerResolver,
  AttributionAnswerResolver,
  JobResolver,
  MutationResolver,
] as const
