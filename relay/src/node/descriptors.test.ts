import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { fakeClock } from '../testing/fake-clock.js'
import { descriptors } from './descriptors.js'
import { lingeringClose } from './lingering-close.js'

it('frees the descriptor of a refused connection, even if its client never closes its own side', async () => {
  const server = createServer()
  Object.assign(server, { httpAllowHalfOpen: true })
  lingeringClose(server)
  const clock = fakeClock()
  server.on('connection', descriptors({ clock, onError: () => {}, limit: () => 0 }))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const arrived = once(server, 'connection')
  const client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true })
  onTestFinished(() => void client.destroy())
  const answered = once(client, 'data')
  const [socket] = (await arrived) as [Socket]
  expect(String(await answered)).toContain('503')
  expect(socket.destroyed).toBe(false)
  clock.advance(100)
  expect(socket.destroyed).toBe(true)
})
