// Control: the floor, Node serving bytes only. It frames each message once, joins all frames of a
// turn, and writes once to every socket. node batched.js <port>
import { WebSocketServer } from 'ws'

const sockets = new Set()
let turn = []

function flush() {
  const bytes = turn.length === 1 ? turn[0] : Buffer.concat(turn)
  turn = []
  for (const socket of sockets) socket.write(bytes)
}

function frame(payload) {
  const header = payload.length < 126 ? 2 : payload.length < 65536 ? 4 : 10
  const bytes = Buffer.allocUnsafe(header + payload.length)
  bytes[0] = 0x82
  if (header === 2) bytes[1] = payload.length
  else if (header === 4) {
    bytes[1] = 126
    bytes.writeUInt16BE(payload.length, 2)
  } else {
    bytes[1] = 127
    bytes.writeBigUInt64BE(BigInt(payload.length), 2)
  }
  payload.copy(bytes, header)
  return bytes
}

const server = new WebSocketServer({ port: Number(process.argv[2]), host: '127.0.0.1' })
server.on('connection', (webSocket, { url, socket }) => {
  if (url !== '/publish') {
    sockets.add(socket)
    webSocket.on('close', () => sockets.delete(socket))
  }
  webSocket.on('message', (payload) => {
    if (turn.length === 0) setImmediate(flush)
    turn.push(frame(payload))
  })
})
