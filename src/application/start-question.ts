/** A long question as a job: progress in model runs, rows of a sweep as they come, the answer at the end. */
import type { JobResult, JobTools } from './job-board.js'
import type { LongQuestion } from './long-question.js'
import type { Asking, OpenGraph, UseCases } from './use-cases.js'

/** Runs finish by the thousand a second; whoever watches wants to see a few of them. */
const REPORT_EVERY_MS = 100

export async function answerLongQuestion(
  graph: OpenGraph,
  asked: LongQuestion,
  { signal, report, addRows }: JobTools,
  door: Pick<UseCases, 'ablate' | 'attribute' | 'faithfulness'>,
  elapsed: () => number,
): Promise<JobResult> {
  let last = Number.NEGATIVE_INFINITY
  const asking: Asking = {
    signal,
    onProgress: (done, total) => {
      if (elapsed() - last < REPORT_EVERY_MS && done < total) return
      last = elapsed()
      report({ done, total, unit: 'runs', message: 'running the model' })
    },
    onSweepRows: addRows,
  }
  const nothing = { circuitIds: [], modelIds: [], taskIds: [] }
  switch (asked.kind) {
    case 'ablate':
      return {
        ...nothing,
        outcome: { kind: 'ablate', answer: await door.ablate(graph, asked.question, asking) },
      }
    case 'attribute':
      return {
        ...nothing,
        outcome: {
          kind: 'attribute',
          question: asked.question,
          answer: await door.attribute(graph, asked.question, asking),
        },
      }
    case 'faithfulness':
      return {
        ...nothing,
        outcome: { kind: 'faithfulness', answer: await door.faithfulness(graph, asked.question, asking) },
      }
    default:
      return asked satisfies never
  }
}
