import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { TimeSlice } from '../../src/core/time-slice.js'
import { everything, http, memory, newId, realClock, serveAll, websocket } from '../../src/index.js'
import { handshakes } from '../../src/node/handshakes.js'
import { workerRouter } from '../../src/node/workers/worker-router.js'
import { makeCertificates } from '../servers/certificates.js'
import { temporaryFolder } from '../servers/temporary-folder.js'

// The other worker runs in this process, and the router is on different servers.

const { ca, server: certificate } = makeCertificates()

it.each([
  ['http', (listener: RequestListener) => createServer(listener)],
  [
    'https',
    (listener: RequestListener) => createSecureServer({ cert: certificate.cert, key: certificate.key }, listener),
  ],
])('forwards clients of an %s server to the relay that they name', async (scheme, create) => {
  const folder = temporaryFolder()
  const other = await serveAll({
    brokers: { main: memory({ clock: realClock, newId }) },
    endpoints: [{ gateways: [websocket()], port: 0 }],
    workers: { folder, onConnection: () => {} },
    onError: (error) => expect.unreachable(error.message),
  })
  onTestFinished(() => other.close())
  const { id: relay } = other.relay
  const here = workerRouter({ folder, relay: '01ARZ3NDEKTSV4RRFFQ69G5FAV', endpoint: 0 })
  const server = create(here.requests((_, response) => response.end('stayed')))
  const { onUpgrade } = handshakes(server, {
    pathOf: (path) => path,
    router: here,
    slice: new TimeSlice(realClock),
  })
  onUpgrade(({ socket }) => {
    socket.end('HTTP/1.1 418 stayed\r\n\r\n')
    return true
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const open = (query: string): WebSocket => {
    const ws = new WebSocket(`${scheme.replace('http', 'ws')}://localhost:${port}/ws${query}`, 'wildcast.v1+json', {
      ca,
    })
    onTestFinished(() => ws.terminate())
    return ws
  }
  const routed = open(`?relay=${relay}`)
  await once(routed, 'open')
  routed.send('{"Connect":{}}')
  expect(JSON.parse(String((await once(routed, 'message'))[0]))).toMatchObject({ Welcome: { relay } })
  routed.close(1000)
  expect((await once(routed, 'close'))[0]).toBe(1000)
  for (const query of ['', '?relay=01ARZ3NDEKTSV4RRFFQ69G5FAV', '?relay=01ARZ3NDEKTSV4RRFFQ69G5FAW', '?relay=..'])
    expect(String((await once(open(query), 'error'))[0])).toContain('418')
})

it('states the client of a forwarded connection to the other worker; a client can not state one', async () => {
  const folder = temporaryFolder()
  const addresses: (string | undefined)[] = []
  const other = await serveAll({
    brokers: { main: memory({ clock: realClock, newId }) },
    endpoints: [{ gateways: [http], port: 0 }],
    workers: { folder, onConnection: () => {} },
    authenticate: async ({ address }) => {
      addresses.push(address)
      return everything
    },
    onError: (error) => expect.unreachable(error.message),
  })
  onTestFinished(() => other.close())
  const here = workerRouter({ folder, relay: '01ARZ3NDEKTSV4RRFFQ69G5FAV', endpoint: 0 })
  const server = createServer(here.requests((_, response) => response.end('stayed')))
  server.on('connection', here.admit)
  onTestFinished(() => void server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const stated = Buffer.from('{"address":"8.8.8.8"}').toString('base64url')
  for (const headers of [{}, { 'wildcast-connection': stated }]) {
    const url = `http://127.0.0.1:${port}/publish/a?ticket=${other.relay.id}.x`
    expect((await fetch(url, { method: 'POST', headers: { connection: 'close', ...headers } })).status).toBe(202)
  }
  expect(addresses).toEqual(['127.0.0.1', '127.0.0.1'])
})
