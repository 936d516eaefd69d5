import type { Batches } from './codec.js'

/** A batch in JSON has a frame in each line. Empty lines are passed over. */
export const lines: Batches = {
  join: (frames) => frames.join('\n'),
  split: (data) => (data as string).split('\n').filter(Boolean),
}
