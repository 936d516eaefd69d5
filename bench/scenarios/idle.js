/** @type {import('./scenario.js').Scenario} */
export const idle = {
  name: 'idle',
  about: 'idle connections with a subscription each; the first 100 are not counted',
  each: 'connection',
  needs: ['fan-out'],
  metrics: ['grown'],
  cases: ({ quick, clients = quick ? 500 : 4000 }) => [
    {
      label: `${clients} connections`,
      job: { kind: 'idle', before: 100, connections: clients, holdMs: quick ? 500 : 3000 },
    },
  ],
  headline: { title: 'Idle connections', metric: 'grown' },
}
