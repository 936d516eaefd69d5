// Control: a minimal relay. It publishes every WebSocket message and sends every message of the
// broker to all sockets. No subjects, no protocol, no confirmations.
// node bench/naive-relay.js nats|redis <port of the broker>
import { Redis } from 'ioredis'
import { connect } from 'nats'
import { WebSocketServer } from 'ws'

const [kind, port] = process.argv.slice(2)
const sockets = new Set()
const deliver = (payload) => {
  for (const socket of sockets) socket.send(payload)
}

const brokers = {
  async redis() {
    const [to, from] = [new Redis(port, '127.0.0.1'), new Redis(port, '127.0.0.1')]
    to.on('messageBuffer', (_, payload) => deliver(payload))
    await to.subscribe('bench.a')
    return (payload) => from.publish('bench.a', payload)
  },
  async nats() {
    const client = await connect({ servers: `127.0.0.1:${port}` })
    client.subscribe('bench.a', { callback: (_, { data }) => deliver(data) })
    await client.flush()
    return (payload) => client.publish('bench.a', payload)
  },
}

const publish = await brokers[kind]()
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
server.on('connection', (socket) => {
  sockets.add(socket)
  socket.on('message', publish).on('close', () => sockets.delete(socket))
})
server.on('listening', () => console.log(`http://127.0.0.1:${server.address().port}`))
