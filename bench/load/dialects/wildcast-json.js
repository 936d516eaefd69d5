const frameOf = (kind, body) => JSON.stringify({ [kind]: body })
const subscribe = (body) => ({ send: frameOf('Subscribe', body), expect: '"Subscribed"' })

/** @type {import('./dialect.js').Dialect} */
export const wildcastJson = {
  path: '/ws',
  protocol: 'wildcast.v1+json',
  kind: 'text',
  open: () => [],
  subscribe: (patterns) => patterns.map(subscribe),
  // By hand, since it runs for every message; payloads and subjects need no escapes.
  publish: (subject, payload, ref) =>
    `{"Publish":{"subject":"${subject}","message":"${payload}"${ref === undefined ? '' : `,"ref":${ref}`}}}`,
  confirmation: { text: Buffer.from('"Ack"'), length: 5 },
  requests: {
    serve: [subscribe({ subject: 'echo', serve: true })],
    begin: () => [],
    ask: (_, ref, payload) => `{"Request":{"ref":${ref},"subject":"echo","message":"${payload}"}}`,
    requestPattern: /"(?<stamp>@T=\d{16})x*"[^}]*?"response_subject":"(?<to>[^"]+)"/g,
    answer: (to, payload) => wildcastJson.publish(to, payload),
  },
}
