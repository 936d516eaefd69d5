import { toAll } from './deliveries.js'

// 32 MiB, far more than kernel buffers hold. Mosquitto takes 100 ms for each frame above 4 KiB.
const flood = { messages: 16_384, size: 2048 }

const noStuck = 'no stuck reader'
const one = 'one stuck reader'

/** @type {import('./scenario.js').Scenario} */
export const slowReader = {
  name: 'slow-reader',
  about:
    'many subscribers at 30 messages a second, 128 bytes; before, 32 MiB are published to one that reads ' +
    'and, in the second case, to one that never does',
  each: 'delivery',
  needs: ['fan-out'],
  metrics: ['p99Us', 'p50Us', 'memory', 'cpuUs'],
  cases: ({ quick, clients = quick ? 100 : 1000 }) =>
    [0, 1].map((readers) => ({
      label: readers === 1 ? one : noStuck,
      job: toAll(clients, { perSecond: 30, stuck: { ...flood, readers } }),
    })),
  compare: { label: 'one ÷ none', of: one, to: noStuck },
}
