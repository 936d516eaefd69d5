// No dialect at all: everything that a publisher sends goes to every subscriber. For servers that
// know no subjects.

/** @type {import('./dialect.js').Dialect} */
export const raw = {
  path: '/',
  publishPath: '/publish',
  kind: 'binary',
  open: () => [],
  subscribe: () => [],
  publish: (_, payload) => payload,
}
