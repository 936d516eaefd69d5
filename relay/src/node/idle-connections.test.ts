import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { fakeClock } from '../testing/fake-clock.js'
import { freshMs, idleConnections } from './idle-connections.js'

async function open(answer: RequestListener = (_, response) => response.end()) {
  const server = createServer(answer)
  const clock = fakeClock()
  const idle = idleConnections(server, clock)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const dial = async (): Promise<Socket> => {
    const arrived = once(server, 'connection')
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    await Promise.all([once(socket, 'connect'), arrived])
    return socket
  }
  return { server, clock, idle, dial }
}

const request = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'

it('closes connections that never sent anything, and those that have their answer', async () => {
  const { clock, idle, dial } = await open()
  const [silent, answered] = [await dial(), await dial()]
  answered.write(request)
  await once(answered, 'data')
  clock.advance(freshMs)
  const closed = [silent, answered].map((socket) => once(socket.resume(), 'close'))
  idle.close()
  await Promise.all(closed)
})

it('closes a busy connection after its last answer, and leaves upgraded ones alone', async () => {
  const answers: (() => void)[] = []
  const { server, idle, dial } = await open((_, response) => answers.push(() => response.end('done')))
  const upgraded = once(server, 'upgrade')
  const [busy, other] = [await dial(), await dial()]
  busy.write(request)
  other.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  const [, socket] = (await upgraded) as [unknown, Socket]
  onTestFinished(() => void socket.destroy())
  await expect.poll(() => answers.length).toBe(1)
  idle.close()
  let received = ''
  busy.on('data', (chunk) => {
    received += String(chunk)
  })
  answers[0]?.()
  await once(busy, 'close')
  expect(received).toContain('done')
  expect(socket.destroyed).toBe(false)
})

it('answers the first request of a connection that has just been opened', async () => {
  const { clock, idle, dial } = await open()
  const [late, silent] = [await dial(), await dial()]
  clock.advance(freshMs - 1)
  idle.close()
  const closed = once(silent.resume(), 'close')
  late.write(request)
  expect(String(await once(late, 'data'))).toMatch(/^HTTP\/1.1 200 OK\r\n(?:.*\r\n)*Connection: close\r\n/)
  await once(late, 'close')
  clock.advance(1)
  await closed
})
