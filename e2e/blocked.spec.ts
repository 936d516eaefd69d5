import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { conversation, expect, say, test } from './test.js'

/** A proxy as some companies have it: plain HTTP goes through, upgrades are refused. */
async function openProxy(port: number): Promise<{ readonly url: string; readonly refused: string[]; close(): void }> {
  const refused: string[] = []
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming
    const onward = request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
      outgoing.once('close', () => answer.destroy())
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  server.on('upgrade', ({ url }, socket) => {
    refused.push(String(url))
    socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refused,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

test('where a proxy refuses WebSockets the chat goes on over HTTP, and the tab remembers', async ({
  person,
  relay,
}) => {
  const proxy = await openProxy(relay.port)
  const alice = await person('Alice', proxy.url)
  const bob = await person('Bob')
  await say(alice, 'over plain HTTP')
  await expect(conversation(bob)).toContainText('over plain HTTP')
  await say(bob, 'by WebSocket')
  await expect(conversation(alice)).toContainText('by WebSocket')

  const tries = proxy.refused.length
  await alice.reload()
  await expect(alice.getByRole('status')).toHaveText('online')
  await say(alice, 'after a reload')
  await expect(conversation(bob)).toContainText('after a reload')
  expect(proxy.refused.length).toBe(tries)
  await alice.context().close()
  proxy.close()
})
