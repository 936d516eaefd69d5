import { eachItsOwn } from './deliveries.js'

/** @type {import('./scenario.js').Scenario} */
export const manySubjects = {
  name: 'many-subjects',
  about: 'clients with a subject each; publishes to each of them in turn, 128 bytes, 32 in flight',
  each: 'delivery',
  needs: ['fan-out', 'subjects'],
  metrics: ['cpuUs', 'perSecond'],
  cases: () => [100, 1000].map((clients) => ({ label: `${clients} clients`, job: eachItsOwn({ clients, each: 1 }) })),
  headline: {
    title: '1,000 clients, a subject each',
    label: '1000 clients',
    metric: 'cpuUs',
  },
}
