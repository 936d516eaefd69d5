import { expect, it, onTestFinished, vi } from 'vitest'
import { fakeClock } from '../testing/fake-clock.js'
import { openLog } from './log.js'

it('writes how much a store holds as a sentence on a terminal', () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  onTestFinished(() => write.mockRestore())
  openLog(fakeClock(), true).stored('main', '/data/wildcast.db', {
    values: 12,
    bytes: 340,
    messages: 0,
    messageBytes: 0,
  })
  expect(write.mock.calls).toEqual([['broker "main": the store holds 12 values of 340 bytes, in /data/wildcast.db\n']])
})
