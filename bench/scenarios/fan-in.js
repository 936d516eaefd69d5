import { toAll } from './deliveries.js'

const job = { publishers: 50, window: 64 }

/** @type {import('./scenario.js').Scenario} */
export const fanIn = {
  name: 'fan-in',
  about: '50 publishers, one subscriber, 128 bytes, 64 in flight',
  each: 'delivery',
  needs: ['fan-out'],
  metrics: ['cpuUs', 'perSecond'],
  cases: () => [
    { label: 'without confirmations', job: toAll(1, job) },
    { label: 'each publish confirmed', job: toAll(1, { ...job, confirmed: true }), needs: 'confirmed' },
  ],
  headline: {
    title: 'Fan-in, confirmed',
    label: 'each publish confirmed',
    metric: 'cpuUs',
  },
}
