import { EventEmitter } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { realClock } from '../../core/clock.js'
import { PageQueue } from './page-queue.js'

class Socket extends EventEmitter {
  writableNeedDrain = false
}

it('runs page requests in order, one in each turn', async () => {
  const pages = new PageQueue(new Socket(), realClock)
  const log: string[] = []
  const all = ['a', 'b', 'c'].map((name) => pages.run(() => log.push(name)))
  await all[0]
  expect(log).toEqual(['a'])
  expect(await Promise.all(all)).toEqual([1, 2, 3])
  expect(log).toEqual(['a', 'b', 'c'])
})

it('waits for a relay that is behind', async () => {
  const socket = new Socket()
  const pages = new PageQueue(socket, realClock)
  const log: string[] = []
  const first = pages.run(() => {
    log.push('a')
    socket.writableNeedDrain = true
  })
  const second = pages.run(() => log.push('b'))
  await first
  for (let i = 0; i < 3; i++) await turn()
  expect(log).toEqual(['a'])
  socket.writableNeedDrain = false
  socket.emit('drain')
  await second
  expect(log).toEqual(['a', 'b'])
})

it('continues after a request that has failed', async () => {
  const pages = new PageQueue(new Socket(), realClock)
  await expect(pages.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await pages.run(() => 'next')).toBe('next')
})
