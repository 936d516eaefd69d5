// Engine.IO 4 and Socket.IO 5 on the wire. A subject is a room.

/** @type {import('./dialect.js').Dialect} */
export const socketIo = {
  path: '/socket.io/?EIO=4&transport=websocket',
  kind: 'text',
  open: () => [
    { send: '', expect: '0{' },
    { send: '40', expect: '40{' },
  ],
  subscribe: (patterns) => [{ send: `420${JSON.stringify(['subscribe', patterns])}`, expect: '430[' }],
  publish: (subject, payload, ref) => `42${ref ?? ''}["publish","${subject}","${payload}"]`,
  // A publisher receives no other empty list.
  confirmation: { text: Buffer.from('[]'), length: 2 },
  requests: {
    serve: [{ send: '420["serve"]', expect: '430[' }],
    begin: () => [],
    ask: (_, ref, payload) => `42${ref}["request","${payload}"]`,
    requestPattern: /42(?<to>\d+)\["request","(?<stamp>@T=\d{16})/g,
    answer: (to, payload) => `43${to}["${payload}"]`,
  },
}
