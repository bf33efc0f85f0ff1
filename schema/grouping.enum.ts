import type { Grouping } from '../src/domain/graph-data.js'
import { describedEnum } from './described-enum.js'

export const GroupingEnum = describedEnum<Grouping>('Grouping', 'Which nodes become one.', {
  HEAD: 'The q, k and v channels of each attention head.',
  LAYER: 'All nodes of each layer; nodes without a layer stay.',
  SUPERNODE: 'The members of each supernode of the circuit; other nodes stay.',
  POSITION: 'All nodes at each token position; nodes without one stay.',
})
