// A bare server that answers each Subscribe with kept messages, as a relay would: it holds them
// encoded.
// node bench/bare-history.js <messages of an answer> <bytes of a payload>
import { WebSocketServer } from 'ws'

const messages = Number(process.argv[2])
const payload = 'x'.repeat(Number(process.argv[3]))
const position = (i) => `0tpboi05yr-${i.toString(36).padStart(9, '0')}`
const fields = { id: 1, subject: 'log.a', message: payload, broker: 'main', ref: 1 }
const frames = [
  JSON.stringify({ Subscribed: { ref: 1, id: 1, subject: 'log.a', position: position(messages), recovered: true } }),
  ...Array.from({ length: messages }, (_, i) =>
    JSON.stringify({ Message: { ...fields, position: position(i + 1), replayed: true } }),
  ),
  JSON.stringify({ Synced: { ref: 1, id: 1 } }),
]

const server = new WebSocketServer({ port: 0, perMessageDeflate: false, handleProtocols: () => 'wildcast.v1+json' })
server.on('connection', (socket) => {
  socket.on('message', (data) => {
    if (String(data).includes('Subscribe')) for (const frame of frames) socket.send(frame)
  })
})
server.on('listening', () => console.log(`bare http://127.0.0.1:${server.address().port}`))
