import type { Batches } from './codec.js'

/** A JSON batch has one frame per line. Empty lines are skipped. */
export const lines: Batches = {
  join: (frames) => frames.join('\n'),
  split: (data) => (data as string).split('\n').filter(Boolean),
}
