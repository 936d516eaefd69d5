import { toAll } from './deliveries.js'

// 32 MiB, far more than kernels hide. With frames above 4 KiB mosquitto takes 100 ms for each.
const flood = { messages: 16_384, size: 2048 }

const nobody = 'nobody is stuck'
const one = 'one is stuck'

/** @type {import('./scenario.js').Scenario} */
export const slowReader = {
  name: 'slow-reader',
  about:
    'many subscribers at 30 messages a second, 128 bytes; before, 32 MiB were published, to one that reads, and in the second case to one that never does',
  each: 'delivery',
  needs: ['fan-out'],
  metrics: ['p99Us', 'p50Us', 'memory', 'cpuUs'],
  cases: ({ quick, clients = quick ? 100 : 1000 }) =>
    [0, 1].map((readers) => ({
      label: readers === 1 ? one : nobody,
      job: toAll(clients, { perSecond: 30, stuck: { ...flood, readers } }),
    })),
  compare: { label: 'one ÷ nobody', of: one, to: nobody },
}
