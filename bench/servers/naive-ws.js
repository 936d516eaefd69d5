// Control: the naive loop over all sockets. node naive-ws.js <port>
import { WebSocketServer } from 'ws'

const subscribers = new Set()
const server = new WebSocketServer({ port: Number(process.argv[2]), host: '127.0.0.1' })
server.on('connection', (socket, { url }) => {
  if (url !== '/publish') {
    subscribers.add(socket)
    socket.on('close', () => subscribers.delete(socket))
  }
  socket.on('message', (payload, binary) => {
    for (const subscriber of subscribers) subscriber.send(payload, { binary })
  })
})
