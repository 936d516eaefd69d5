import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { keepAliveByData } from './keep-alive.js'

it('a connection is closed when the server has sent nothing for half an interval after the first check', () => {
  const log: string[] = []
  const stream = new EventEmitter()
  const client = { stream, onKeepaliveTimeout: () => void log.push('closed'), sendPing: () => void log.push('ping') }
  keepAliveByData(client)
  client.onKeepaliveTimeout()
  stream.emit('data')
  client.onKeepaliveTimeout()
  expect(log).toEqual(['ping', 'ping'])
  client.onKeepaliveTimeout()
  expect(log).toEqual(['ping', 'ping', 'closed'])
})
