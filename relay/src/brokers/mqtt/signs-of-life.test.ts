import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { hearAll } from './signs-of-life.js'

it('a server is given up when it has sent nothing for half an interval after the first doubt', () => {
  const log: string[] = []
  const stream = new EventEmitter()
  const client = { stream, onKeepaliveTimeout: () => void log.push('given up'), sendPing: () => void log.push('ping') }
  hearAll(client)
  client.onKeepaliveTimeout()
  stream.emit('data')
  client.onKeepaliveTimeout()
  expect(log).toEqual(['ping', 'ping'])
  client.onKeepaliveTimeout()
  expect(log).toEqual(['ping', 'ping', 'given up'])
})
