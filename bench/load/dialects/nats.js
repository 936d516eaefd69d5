const connect = (verbose) => `CONNECT {"verbose":${verbose},"pedantic":false,"protocol":1}\r\n`
const sync = { send: 'PING\r\n', expect: 'PONG\r\n' }
const publish = (subject, payload) => `PUB ${subject} ${payload.length}\r\n${payload}\r\n`

/** @type {import('./dialect.js').Dialect} */
export const nats = {
  path: '/',
  kind: 'binary',
  open: ({ confirmed = false } = {}) => [
    confirmed ? { send: connect(true), expect: '+OK' } : { send: connect(false) },
    sync,
  ],
  subscribe: (patterns) => [
    ...patterns.map((pattern, i) => ({ send: `SUB ${pattern} ${i + 1}\r\n` })),
    // The server answers in order.
    sync,
  ],
  publish,
  confirmation: { text: Buffer.from('+OK'), length: 3 },
  requests: {
    serve: [{ send: 'SUB echo 1\r\n' }, sync],
    begin: (requester) => [{ send: `SUB _INBOX.${requester}.* 1\r\n` }, sync],
    ask: (requester, ref, payload) => `PUB echo _INBOX.${requester}.${ref} ${payload.length}\r\n${payload}\r\n`,
    requestPattern: /MSG echo 1 (?<to>\S+) \d+\r\n(?<stamp>@T=\d{16})/g,
    answer: publish,
  },
}
