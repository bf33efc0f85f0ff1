/** The lists of an answer about bottlenecks, paged. */
import { Args, FieldResolver, Resolver, Root } from 'type-graphql'
import {
  BottleneckAnswerType,
  PathStepConnection,
  RouteConnection,
} from '../schema/bottleneck-answer.type.js'
import { PageArgs } from '../schema/page.args.js'
import type { PathStep, RouteRow } from '../src/application/answers.js'
import { type bottleneckAnswerView, routeView, stepView } from './answer-view.js'
import { listView } from './connection-view.js'

type View = ReturnType<typeof bottleneckAnswerView>

@Resolver(() => BottleneckAnswerType)
export class BottleneckAnswerResolver {
  @FieldResolver(() => PathStepConnection, {
    description:
      'Nodes on every path, from source to target, each the immediate dominator of the next; with an end where there is only one.',
  })
  dominators(@Root() { rows, ...answer }: View, @Args(() => PageArgs) page: PageArgs): object {
    return steps(answer, 'dominators', rows.dominators, page)
  }

  @FieldResolver(() => PathStepConnection, {
    nullable: true,
    description:
      'A smallest set of nodes without which no path is left, in canonical order: of several the one nearest to the sources. Null where none does it.',
  })
  minimumCut(@Root() { rows, ...answer }: View, @Args(() => PageArgs) page: PageArgs): object | null {
    return rows.minimumCut === null ? null : steps(answer, 'minimumCut', rows.minimumCut, page)
  }

  @FieldResolver(() => PathStepConnection, {
    description:
      'A smallest set of nodes without which only uncuttable paths are left: the minimum cut where there are none of these.',
  })
  cutBesideUncuttable(@Root() { rows, ...answer }: View, @Args(() => PageArgs) page: PageArgs): object {
    return steps(answer, 'cutBesideUncuttable', rows.cutBesideUncuttable, page)
  }

  @FieldResolver(() => RouteConnection, {
    description:
      'Paths of which no two share a node that can be cut: as many as cutBesideUncuttable has nodes, and there cannot be more.',
  })
  disjointPaths(@Root() { rows, ...answer }: View, @Args(() => PageArgs) page: PageArgs): object {
    return routes(answer, 'disjointPaths', rows.disjointPaths, page)
  }

  @FieldResolver(() => RouteConnection, {
    description: 'Paths without a node that can be cut, in canonical order: the first 1,000.',
  })
  uncuttable(@Root() { rows, ...answer }: View, @Args(() => PageArgs) page: PageArgs): object {
    return routes(answer, 'uncuttable', rows.uncuttable, page)
  }
}

type Answer = Omit<View, 'rows'>

function steps(
  { open, provenance }: Answer,
  list: string,
  rows: readonly PathStep[],
  page: PageArgs,
): object {
  return listView(rows, page, [list, provenance.questionHash], (step) => stepView(open, step))
}

function routes(
  { open, provenance }: Answer,
  list: string,
  rows: readonly RouteRow[],
  page: PageArgs,
): object {
  return listView(rows, page, [list, provenance.questionHash], (row) => routeView(open, row))
}
