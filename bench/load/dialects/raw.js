// No protocol at all, for servers without subjects: every message goes to every subscriber.

/** @type {import('./dialect.js').Dialect} */
export const raw = {
  path: '/',
  publishPath: '/publish',
  kind: 'binary',
  open: () => [],
  subscribe: () => [],
  publish: (_, payload) => payload,
}
