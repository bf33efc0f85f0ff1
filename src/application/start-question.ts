/** A long question as a job: progress in model runs, rows of a sweep as they come, the answer at the end. */
import type { JobResult, JobTools } from './job-board.js'
import type { LongQuestion } from './long-question.js'
import { cumulative } from './staged-progress.js'
import type { Asking, OpenGraph, UseCases } from './use-cases.js'

/** Runs finish by the thousand a second; whoever watches wants to see a few of them. */
const REPORT_EVERY_MS = 100

export async function answerLongQuestion(
  graph: OpenGraph,
  asked: LongQuestion,
  { signal, report, addRows }: JobTools,
  door: Pick<UseCases, 'ablate' | 'attribute' | 'faithfulness' | 'evaluateTask'>,
  elapsed: () => number,
): Promise<JobResult> {
  let last = Number.NEGATIVE_INFINITY
  let reported: string | undefined
  const asking: Asking = {
    signal,
    // Means and runs, or one search after another, each count from 1: the job counts them together.
    onProgress: cumulative((done, total, stage) => {
      if (elapsed() - last < REPORT_EVERY_MS && done < total && stage === reported) return
      last = elapsed()
      reported = stage
      report({
        done,
        total,
        unit: 'runs',
        message: stage === undefined ? 'running the model' : `running the model: ${stage}`,
        ...(stage === undefined ? {} : { stage }),
      })
    }),
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
    case 'evaluate':
      return {
        ...nothing,
        outcome: { kind: 'evaluate', answer: await door.evaluateTask(graph, asked.question, asking) },
      }
    default:
      return asked satisfies never
  }
}
