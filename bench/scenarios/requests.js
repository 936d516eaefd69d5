const requesters = 8

/** @type {import('./scenario.js').Scenario} */
export const requests = {
  name: 'requests',
  about: `${requesters} requesters, one responder, 128 bytes`,
  each: 'answer',
  needs: ['requests'],
  metrics: ['cpuUs', 'perSecond', 'p50Us', 'p99Us'],
  cases: () =>
    [1, 8].map((window) => ({
      label: `${requesters * window} in flight`,
      job: { kind: 'requests', requesters, window, size: 128 },
    })),
  headline: {
    title: 'Requests, 64 in flight',
    label: '64 in flight',
    metric: 'cpuUs',
  },
}
