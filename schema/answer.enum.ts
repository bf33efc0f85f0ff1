import type { Basis, Level } from '../src/domain/edge-meaning.js'
import { describedEnum } from './described-enum.js'

export const LevelEnum = describedEnum<Level>('Level', 'On which kind of graph a question was answered.', {
  WEIGHTS: 'Weights of a sparse model, whatever the prompt.',
  PROMPT: 'The model on one prompt, position by position.',
  ATTRIBUTION: 'An attribution graph of one prompt.',
  COMPONENTS: 'A graph of heads and MLPs.',
})

export const BasisEnum = describedEnum<Basis>('Basis', 'How an answer knows what it says.', {
  STRUCTURE: 'A fact about the stored graph.',
  GRAPH_ESTIMATE: 'Linear arithmetic on the graph; the model was not run.',
  MEASURED_RUN: 'The model was run, in float64.',
})

export const AnswerOrderEnum = describedEnum<'CANONICAL' | 'STRONGEST'>(
  'AnswerOrder',
  'In which order the rows of an answer are listed.',
  {
    CANONICAL: 'Canonical order of the nodes: position, layer, block, tap, index.',
    STRONGEST: 'Largest absolute value first, ties in canonical order, rows without a value last.',
  },
)
