const subject = 'bench.test'

/**
 * One publisher, and subscribers of one subject, with payloads of 128 bytes.
 * @param {number} subscribers
 * @param {Partial<import('../load/job.js').Deliveries>} job Fields that replace these.
 * @returns {import('../load/job.js').Deliveries}
 */
export function toAll(subscribers, job) {
  return {
    kind: 'deliveries',
    subscribers: Array.from({ length: subscribers }, () => [subject]),
    publishers: 1,
    subjects: [subject],
    copies: subscribers,
    size: 128,
    ...job,
  }
}

/**
 * Clients with their own subjects, and publishes to each of them in turn: each message has one
 * reader.
 * @param {{ clients: number, each: number }} counts
 * @returns {import('../load/job.js').Deliveries}
 */
export function eachItsOwn({ clients, each }) {
  const subscribers = Array.from({ length: clients }, (_, client) =>
    Array.from({ length: each }, (_, i) => `bench.${client}.${i}`),
  )
  return {
    kind: 'deliveries',
    subscribers,
    publishers: 1,
    subjects: subscribers.flat(),
    copies: 1,
    size: 128,
    window: 32,
  }
}
