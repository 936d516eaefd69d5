import { toAll } from './deliveries.js'

const windows = [1, 32, 256]

/** @type {import('./scenario.js').Scenario} */
export const fanOut = {
  name: 'fan-out',
  about: 'one publisher, many subscribers of one subject, 128 bytes',
  each: 'delivery',
  needs: ['fan-out'],
  metrics: ['cpuUs', 'perSecond', 'p50Us', 'p99Us'],
  cases: () => [
    ...[50, 500].flatMap((subscribers) =>
      windows.map((window) => ({
        label: `${subscribers} subscribers, ${window} in flight`,
        job: toAll(subscribers, { window }),
      })),
    ),
    { label: '100 subscribers, 500 a second', job: toAll(100, { perSecond: 500 }) },
  ],
  headline: {
    title: 'Fan-out, 50 subscribers',
    label: '50 subscribers, 32 in flight',
    metric: 'cpuUs',
  },
}
