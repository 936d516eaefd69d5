import { toAll } from './deliveries.js'

// More than kernel buffers hold for each. The slow ones read now and then, so that the relay does
// not close them.
const flood = { messages: 8192, size: 2048, readEveryMs: 4000 }

const noSlow = 'no slow readers'
const asMany = 'as many slow readers'

/** @type {import('./scenario.js').Scenario} */
export const slowCrowd = {
  name: 'slow-crowd',
  about:
    'many subscribers at 30 messages a second, 128 bytes; before, 16 MiB are published to one that reads ' +
    'and, in the second case, to as many that read once in four seconds',
  each: 'delivery',
  needs: ['fan-out'],
  // Other servers would keep all of it for each.
  only: ['wildcast-json', 'wildcast-msgpack'],
  metrics: ['p99Us', 'p50Us', 'memory', 'cpuUs'],
  cases: ({ quick, clients = quick ? 100 : 1000 }) =>
    [0, clients].map((readers) => ({
      label: readers === 0 ? noSlow : asMany,
      job: toAll(clients, { perSecond: 30, stuck: { ...flood, readers } }),
    })),
  compare: { label: 'as many ÷ none', of: asMany, to: noSlow },
}
