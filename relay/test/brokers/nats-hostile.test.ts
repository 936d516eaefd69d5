import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { beforeEach, expect, it, vi } from 'vitest'
import { endsWithTest } from '../servers/ends-with-test.js'
import { freePort } from '../servers/free-port.js'
import { natsLink } from './nats-link.js'

// The client library prints input that it can't read.
beforeEach(() => void vi.spyOn(console, 'log').mockImplementation(() => {}))

const info = '{"server_id":"x","version":"2.9.10","max_payload":1048576,"headers":true,"proto":1}'

/**
 * Starts a server that greets and answers like NATS. On a subscription to "a" it sends hostile
 * text, then a message.
 */
async function hostile(sent: string): Promise<{ readonly port: number }> {
  const port = await freePort()
  const server = createServer((socket: Socket) => {
    socket.on('error', () => {}).write(`INFO ${info}\r\n`)
    createInterface(socket).on('line', (line) => {
      if (line === 'PING') socket.write('PONG\r\n')
      const [, sid] = /^SUB a (\d+)/.exec(line) ?? []
      // The confirmation is sent first.
      if (sid) setImmediate(() => socket.write(`${sent.replaceAll('<sid>', sid)}MSG a ${sid} 2\r\nok\r\n`))
    })
  })
  endsWithTest(server.listen(port, '127.0.0.1'))
  await once(server, 'listening')
  return { port }
}

it.each([
  `-ERR 'Permissions Violation for Publish to "\\Uffffffff"'\r\n`,
  `-ERR 'Permissions Violation for Subscription to "\\ud800" using queue "\\"'\r\n`,
  "-ERR ''\r\n",
  '-ERR\r\n',
  '+OK\r\n',
  'PONG\r\nPONG\r\nPONG\r\n',
  'INFO null\r\n',
  'INFO {}\r\n',
  'INFO {"max_payload":"x","headers":1,"ldm":true,"connect_urls":5}\r\n',
  'INFO not JSON\r\n',
  'MSG a <sid>\r\n',
  'MSG a <sid> -5\r\n',
  'MSG a <sid> 99999999999999\r\n',
  'MSG a 99 0\r\n\r\n',
  'MSG  <sid> 0\r\n\r\n',
  'MSG a <sid> rep\u0001ly 0\r\n\r\n',
  'MSG \ufffd\u0000 <sid> 0\r\n\r\n',
  'HMSG a <sid> 10 5\r\nxx',
  'HMSG a <sid> 4 4\r\nxxxx\r\n',
  'HMSG a <sid> 0 0\r\n\r\n',
  'HMSG a <sid> reply 16 16\r\nNATS/1.0 503\r\n\r\n\r\n',
  'neither\r\n',
])('a server that sends %j breaks its own link at most', async (sent) => {
  const { port } = await hostile(sent)
  const { listen, statuses } = await natsLink({ url: `127.0.0.1:${port}` }, { pingIntervalMs: 100 })
  const inbox = await listen('a')
  await expect.poll(() => statuses.join().startsWith('up,down,up') || inbox.messages.length > 0).toBe(true)
})
