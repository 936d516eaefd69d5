import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { stopListening } from './stop-listening.js'

it('takes the clients that the kernel has already accepted, and refuses later ones', async () => {
  const server = createServer((socket) => socket.end('taken'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const dial = () => {
    const socket = connect(port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    return socket
  }
  const early = Array.from({ length: 20 }, dial)
  const answers = early.map(async (socket) => String(await once(socket, 'data')))
  await stopListening(server)
  expect(await Promise.all(answers)).toEqual(early.map(() => 'taken'))
  expect(await once(dial(), 'error')).toMatchObject([{ code: 'ECONNREFUSED' }])
})
