/**
 * Counts of the messages. Those of each subject are numbered from 0; any but the next one is wrong.
 */
export const tally = { ready: 0, got: 0, wrong: 0, firstAt: 0, lastAt: 0 }

const next = new Map()

export function count(subject, { seq }) {
  const expected = next.get(subject) ?? 0
  next.set(subject, expected + 1)
  if (seq !== expected) tally.wrong++
  tally.firstAt ||= performance.now()
  tally.lastAt = performance.now()
  tally.got++
}
