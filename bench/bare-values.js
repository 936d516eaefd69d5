// Control: a bare script that keeps values. It writes each published message to its store, sends it
// to all subscribers of its group, and sends all values of a group to a new subscriber. No
// revisions, no conditions, no permissions, no bounds.
// node bench/bare-values.js memory | sqlite <file> | redis <port>
import { Redis } from 'ioredis'
import Database from 'libsql'
import { WebSocketServer } from 'ws'

const [kind, place] = process.argv.slice(2)
const subscribers = new Map()
const groupOf = (subject) => subject.slice(0, subject.lastIndexOf('.'))

function deliver(subject, message) {
  for (const socket of subscribers.get(groupOf(subject)) ?? [])
    socket.send(JSON.stringify({ Message: { subject, message } }))
}

const stores = {
  async memory() {
    const values = new Map()
    return {
      write(subject, message, done) {
        const group = groupOf(subject)
        if (!values.has(group)) values.set(group, new Map())
        values.get(group).set(subject, message)
        deliver(subject, message)
        done()
      },
      read: async (group) => [...(values.get(group) ?? [])],
    }
  },
  async sqlite() {
    const database = new Database(place)
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    database.exec('CREATE TABLE v (subject TEXT PRIMARY KEY, message TEXT) WITHOUT ROWID')
    const write = database.prepare('INSERT OR REPLACE INTO v VALUES (?, ?)')
    const read = database.prepare('SELECT subject, message FROM v WHERE subject > ? AND subject < ?').raw()
    let waiting = []
    const commit = () => {
      const batch = waiting
      waiting = []
      database.exec('BEGIN')
      for (const { subject, message } of batch) write.run(subject, message)
      database.exec('COMMIT')
      for (const { subject, message, done } of batch) {
        deliver(subject, message)
        done()
      }
    }
    return {
      write(subject, message, done) {
        if (waiting.push({ subject, message, done }) === 1) setImmediate(commit)
      },
      read: async (group) => read.all(`${group}.`, `${group}/`),
    }
  },
  async redis() {
    const [to, from] = [new Redis(place, '127.0.0.1'), new Redis(place, '127.0.0.1')]
    const script = "redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) redis.call('PUBLISH', ARGV[1], ARGV[2])"
    to.defineCommand('keep', { numberOfKeys: 1, lua: script })
    from.on('pmessage', (_, subject, message) => deliver(subject, message))
    await from.psubscribe('*')
    return {
      write: (subject, message, done) => void to.keep(groupOf(subject), subject, message).then(done),
      read: async (group) => Object.entries(await to.hgetall(group)),
    }
  },
}

const store = await stores[kind]()

function subscribe(socket, { ref, subject }) {
  const group = groupOf(subject)
  subscribers.set(group, (subscribers.get(group) ?? new Set()).add(socket))
  socket.on('close', () => subscribers.get(group)?.delete(socket))
  store.read(group).then((values) => {
    for (const [subject, message] of values) socket.send(JSON.stringify({ Message: { subject, message } }))
    socket.send(JSON.stringify({ Synced: { ref } }))
  })
}

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
server.on('connection', (socket) =>
  socket.on('message', (data) => {
    const { Publish: publish, Subscribe: wanted } = JSON.parse(data)
    if (wanted) subscribe(socket, wanted)
    if (publish) {
      const { ref, subject, message } = publish
      store.write(subject, message, () => socket.send(JSON.stringify({ Ack: { ref } })))
    }
  }),
)
server.on('listening', () => console.log(`http://127.0.0.1:${server.address().port}`))
