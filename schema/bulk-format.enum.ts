import { describedEnum } from './described-enum.js'

export const BulkFormatEnum = describedEnum<'ARROW' | 'JSONL'>(
  'BulkFormat',
  'How a whole graph is written for machines.',
  {
    ARROW:
      'Apache Arrow IPC stream, one row per edge; node addresses are its dictionary, in canonical order.',
    JSONL: 'JSON lines: one of facts, one per node, one per edge, in canonical order.',
  },
)
