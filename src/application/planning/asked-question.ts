/** A question of one graph, whichever, as planning sees it. */
import type { CircuitNode } from '../../domain/graph-data.js'
import type { GraphExpression } from '../../query/graph-expression.js'
import type {
  AblationQuestion,
  ActivationsQuestion,
  AttributionCheckQuestion,
  AttributionQuestion,
  BottleneckQuestion,
  ColumnsQuestion,
  EdgesQuestion,
  FaithfulnessQuestion,
  FlowQuestion,
  InfluenceQuestion,
  NodesQuestion,
  PathQuestion,
  RunQuestion,
  TaskEvaluationQuestion,
} from '../questions.js'

export type AskedQuestion =
  | { readonly ask: 'nodes'; readonly question: NodesQuestion }
  | { readonly ask: 'edges'; readonly question: EdgesQuestion }
  | { readonly ask: 'columns'; readonly question: ColumnsQuestion }
  | { readonly ask: 'select'; readonly question: GraphExpression }
  | { readonly ask: 'paths'; readonly question: PathQuestion }
  | { readonly ask: 'flow'; readonly question: FlowQuestion }
  | { readonly ask: 'bottlenecks'; readonly question: BottleneckQuestion }
  | { readonly ask: 'influence'; readonly question: InfluenceQuestion }
  | { readonly ask: 'run'; readonly question: RunQuestion }
  | { readonly ask: 'ablate'; readonly question: AblationQuestion }
  | { readonly ask: 'attribute'; readonly question: AttributionQuestion }
  | {
      readonly ask: 'check'
      readonly question: AttributionQuestion
      readonly check: AttributionCheckQuestion
    }
  | { readonly ask: 'faithfulness'; readonly question: FaithfulnessQuestion }
  | { readonly ask: 'evaluate'; readonly question: TaskEvaluationQuestion }
  | { readonly ask: 'activations'; readonly question: ActivationsQuestion; readonly node: CircuitNode }
