/** The questions that every graph answers, each with an answer or a Problem. */
import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql'
import { AblationInput } from '../schema/ablation.input.js'
import { AttributionInput } from '../schema/attribution.input.js'
import { CircuitGraphInterface } from '../schema/circuit-graph.interface.js'
import { FaithfulnessInput } from '../schema/faithfulness.input.js'
import { NodeSelectorInput, PathEndInput } from '../schema/graph-expression.input.js'
import { WeightedNodeInput } from '../schema/influence-expression.input.js'
import { LinksInput } from '../schema/links.input.js'
import { PathPattern } from '../schema/path-pattern.scalar.js'
import { PathRankEnum } from '../schema/question.enum.js'
import {
  AblationResult,
  AttributionResult,
  BottleneckResult,
  FaithfulnessResult,
  FlowResult,
  InfluenceResult,
  PathResult,
  RunResult,
} from '../schema/result.unions.js'
import { RunInput } from '../schema/run.input.js'
import { EXISTENCE_LINKS } from '../src/query/graph-expression.js'
import { ablationQuestion } from './ablation-from-input.js'
import { answerOrPatternProblem, answerOrProblem } from './answer-or-problem.js'
import {
  ablationAnswerView,
  attributionAnswerView,
  bottleneckAnswerView,
  faithfulnessAnswerView,
  flowAnswerView,
  influenceAnswerView,
  pathAnswerView,
  runAnswerView,
} from './answer-view.js'
import type { ApiContext } from './api-context.js'
import { attributionQuestion } from './attribution-from-input.js'
import { faithfulnessQuestion } from './faithfulness-from-input.js'
import { type GraphView, openView } from './graph-view.js'
import { linksFromInput, productLinks } from './links-from-input.js'
import { runQuestion } from './run-from-input.js'
import { pathEndFromInput, selectorFromInput } from './selector-from-input.js'

@Resolver(() => CircuitGraphInterface)
export class GraphQuestionResolver {
  @FieldResolver(() => PathResult, { description: 'The strongest paths from one set to another.' })
  paths(
    @Root() graph: GraphView,
    @Arg('from', () => PathEndInput, {
      nullable: true,
      description:
        'Where paths begin; default: the tokens of an attribution graph, else nodes without inputs.',
    })
    from: PathEndInput | null,
    @Arg('to', () => PathEndInput, {
      nullable: true,
      description:
        'Where paths end; default: the logits of an attribution graph, else nodes without outputs.',
    })
    to: PathEndInput | null,
    @Arg('pattern', () => PathPattern, {
      nullable: true,
      description:
        'Only paths that it matches, each once. Ends that are not given are then wherever it lets them be, and tokens and logits that it names are attached.',
    })
    pattern: string | null,
    @Arg('rankBy', () => PathRankEnum, {
      nullable: true,
      description: 'Default: by the graph’s edgeMeaning.',
    })
    rankBy: keyof typeof PathRankEnum | null,
    @Arg('links', () => LinksInput, {
      nullable: true,
      description: 'Implied links; default residual, OV_ONLY.',
    })
    links: LinksInput | null,
    @Arg('first', () => Int, { defaultValue: 20, description: 'How many paths, 1 to 10,000.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the path to continue after.' })
    after: string | null,
    @Ctx() context: ApiContext,
  ): Promise<object> {
    return answerOrPatternProblem(context, async () => {
      const open = await openView(graph, context)
      const ends = {
        from: await pathEndFromInput(from, open, context, 'from'),
        to: await pathEndFromInput(to, open, context, 'to'),
      }
      const question = {
        ...ends,
        pattern: pattern ?? null,
        rankBy: rankBy ?? null,
        links: productLinks(links),
        first,
        after: after ?? null,
      }
      return pathAnswerView(open, await context.useCases.askPaths(open, question, context.asking))
    })
  }

  @FieldResolver(() => FlowResult, { description: 'Number and totals of all paths from one set to another.' })
  flow(
    @Root() graph: GraphView,
    @Arg('from', () => PathEndInput, {
      nullable: true,
      description:
        'Where paths begin; default: the tokens of an attribution graph, else nodes without inputs.',
    })
    from: PathEndInput | null,
    @Arg('to', () => PathEndInput, {
      nullable: true,
      description:
        'Where paths end; default: the logits of an attribution graph, else nodes without outputs.',
    })
    to: PathEndInput | null,
    @Arg('normalise', () => Boolean, {
      defaultValue: false,
      description:
        'Divide each edge value by the sum of the absolute values into its target; links through the residual stream count as edges from their writers.',
    })
    normalise: boolean,
    @Arg('via', () => NodeSelectorInput, {
      nullable: true,
      description: 'Only the part that passes these nodes: the total minus the total without them.',
    })
    via: NodeSelectorInput | null,
    @Arg('links', () => LinksInput, {
      nullable: true,
      description: 'Implied links; default residual, OV_ONLY.',
    })
    links: LinksInput | null,
    @Ctx() context: ApiContext,
  ): Promise<object> {
    return answerOrProblem(context, async () => {
      const open = await openView(graph, context)
      const ends = {
        from: await pathEndFromInput(from, open, context, 'from'),
        to: await pathEndFromInput(to, open, context, 'to'),
      }
      const through = via == null ? null : await selectorFromInput(via, open, context, 'via')
      const question = { ...ends, via: through, links: productLinks(links), normalise }
      return flowAnswerView(open, await context.useCases.askFlow(open, question, context.asking))
    })
  }

  @FieldResolver(() => BottleneckResult, {
    description:
      'What all paths from one set to another have to pass, and how many keep out of each other’s way.',
  })
  bottlenecks(
    @Root() graph: GraphView,
    @Arg('from', () => PathEndInput, {
      nullable: true,
      description:
        'Where paths begin; default: the tokens of an attribution graph, else nodes without inputs.',
    })
    from: PathEndInput | null,
    @Arg('to', () => PathEndInput, {
      nullable: true,
      description:
        'Where paths end; default: the logits of an attribution graph, else nodes without outputs.',
    })
    to: PathEndInput | null,
    @Arg('links', () => LinksInput, {
      nullable: true,
      description: 'Implied links; default residual, OV_AND_QK.',
    })
    links: LinksInput | null,
    @Ctx() context: ApiContext,
  ): Promise<object> {
    return answerOrProblem(context, async () => {
      const open = await openView(graph, context)
      const question = {
        from: await pathEndFromInput(from, open, context, 'from'),
        to: await pathEndFromInput(to, open, context, 'to'),
        links: linksFromInput(links, EXISTENCE_LINKS),
      }
      const answer = await context.useCases.askBottlenecks(open, question, context.asking)
      return bottleneckAnswerView(open, answer)
    })
  }

  @FieldResolver(() => InfluenceResult, {
    description: 'Which nodes matter for the logits, or for given nodes.',
  })
  influence(
    @Root() graph: GraphView,
    @Arg('on', () => [WeightedNodeInput], {
      nullable: true,
      description: 'Start weights; default: the logits by their probabilities.',
    })
    on: WeightedNodeInput[] | null,
    @Ctx() context: ApiContext,
  ): Promise<object> {
    return answerOrProblem(context, async () => {
      const open = await openView(graph, context)
      return influenceAnswerView(
        open,
        await context.useCases.askInfluence(open, { on: on ?? null }, context.asking),
      )
    })
  }

  @FieldResolver(() => RunResult, { description: 'Runs the model, or the circuit alone, on a prompt.' })
  run(
    @Root() graph: GraphView,
    @Arg('input', () => RunInput, { description: 'What to run and what to give back.' }) input: RunInput,
    @Ctx() context: ApiContext,
  ): Promise<object> {
    return answerOrProblem(context, async () => {
      const open = await openView(graph, context)
      const question = await runQuestion(input, open, context)
      return runAnswerView(open, await context.useCases.run(open, question, context.asking))
    })
  }

  @FieldResolver(() => AblationResult, {
    description: 'Replaces nodes, edges or paths and measures, or estimates, what changes.',
  })
  ablate(
    @Root() graph: GraphView,
    @Arg('input', () => AblationInput, { description: 'What to ablate and what to measure.' })
    input: AblationInput,
    @Ctx() context: ApiContext,
  ): Promise<object> {
    return answerOrProblem(context, async () => {
      const open = await openView(graph, context)
      const question = await ablationQuestion(input, open, context)
      return ablationAnswerView(open, await context.useCases.ablate(open, question, context.asking))
    })
  }

  @FieldResolver(() => FaithfulnessResult, {
    description: 'Puts a circuit to the test: is it sufficient, necessary, better than others of its size?',
  })
  faithfulness(
    @Root() graph: GraphView,
    @Arg('input', () => FaithfulnessInput, { description: 'How it is tested.' }) input: FaithfulnessInput,
    @Ctx() context: ApiContext,
  ): Promise<object> {
    return answerOrProblem(context, async () => {
      const open = await openView(graph, context)
      const question = await faithfulnessQuestion(input, open, context)
      const answer = await context.useCases.faithfulness(open, question, context.asking)
      return faithfulnessAnswerView(open, answer)
    })
  }

  @FieldResolver(() => AttributionResult, {
    description: 'Scores elements by their contribution to a metric.',
  })
  attribute(
    @Root() graph: GraphView,
    @Arg('input', () => AttributionInput, { description: 'What to explain and how.' })
    input: AttributionInput,
    @Ctx() context: ApiContext,
  ): Promise<object> {
    return answerOrProblem(context, async () => {
      const open = await openView(graph, context)
      const question = await attributionQuestion(input, open, context)
      const answer = await context.useCases.attribute(open, question, context.asking)
      return attributionAnswerView(open, question, answer)
    })
  }
}
