// Control: Socket.IO with a room for each subject. node socket-io.js <port>
import { createServer } from 'node:http'
import { Server } from 'socket.io'

const http = createServer()
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false })
let responder
io.on('connection', (socket) => {
  socket.on('subscribe', (rooms, done) => {
    socket.join(rooms)
    done('ok')
  })
  socket.on('publish', (room, payload, done) => {
    io.to(room).emit('message', payload)
    done?.()
  })
  socket.on('serve', (done) => {
    responder = socket
    done()
  })
  socket.on('request', (payload, done) => responder.emit('request', payload, done))
})
http.listen(Number(process.argv[2]), '127.0.0.1')
