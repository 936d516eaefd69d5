import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { realClock } from '../../core/clock.js'
import { TimeSlice } from '../../core/time-slice.js'
import { UnfinishedInput } from '../../core/unfinished-input.js'
import { connectionContract, type OpenConnection } from './connection.contract.js'
import { wireFrame } from './framing.js'
import { MessageMeters } from './message-meter.js'
import { OwnedWebSocket, WebSocketConnection } from './web-socket-connection.js'

const open: OpenConnection = async (dialectOf) => {
  const ports = {
    clock: realClock,
    slice: new TimeSlice(realClock),
    unfinished: new UnfinishedInput(1024),
    meters: new MessageMeters(1024),
    onError: () => {},
  }
  const sockets = new WebSocketServer<typeof OwnedWebSocket>({ noServer: true, WebSocket: OwnedWebSocket })
  const server = createServer()
  server.on('upgrade', (request, socket, head) =>
    sockets.handleUpgrade(request, socket, head, (ws) => {
      const connection = new WebSocketConnection(ws, socket, ports)
      connection.use(dialectOf(connection), () => {})
    }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(() => {
    client.terminate()
    server.close()
  })
  let received = ''
  client.on('message', (data) => {
    received += data
  })
  const ended = new Promise<number>((resolve) => client.on('close', resolve))
  await new Promise((resolve) => client.once('open', resolve))
  return {
    ended,
    get text() {
      return received
    },
    send: (message) => client.send(message),
    leave: () => client.terminate(),
  }
}

connectionContract('a WebSocket', { open, framed: wireFrame })
