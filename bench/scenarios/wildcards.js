const rooms = 100
const kinds = 10
const everything = 5
const idlePatterns = 8

const count = (length, make) => Array.from({ length }, (_, i) => make(i))

/** Patterns that no message matches, so that the server has more to search. */
const besides = (client) => count(idlePatterns, (i) => `alarm.${client}.*.${i}`)

const patterns = [
  ...count(rooms, (room) => `sensor.${room}.*`),
  ...count(kinds, (kind) => `sensor.*.${kind}`),
  ...count(everything, () => 'sensor.>'),
]

/** @type {import('./scenario.js').Scenario} */
export const wildcards = {
  name: 'wildcards',
  about:
    `${patterns.length} clients, ${patterns.length * (idlePatterns + 1)} patterns with wildcards; ` +
    `each message, on one of ${rooms * kinds} subjects, matches ${2 + everything} subscriptions; 128 bytes`,
  each: 'delivery',
  needs: ['fan-out', 'wildcards'],
  metrics: ['cpuUs', 'perSecond'],
  cases: () =>
    [1, 32].map((window) => ({
      label: `${window} in flight`,
      job: {
        kind: 'deliveries',
        subscribers: patterns.map((pattern, client) => [pattern, ...besides(client)]),
        publishers: 1,
        subjects: count(rooms * kinds, (i) => `sensor.${i % rooms}.${Math.floor(i / rooms)}`),
        copies: 2 + everything,
        size: 128,
        window,
      },
    })),
  headline: {
    title: '1,035 wildcard patterns',
    label: '32 in flight',
    metric: 'cpuUs',
  },
}
