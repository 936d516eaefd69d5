import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { kinds } from './frames.js'
import { inSequence } from './in-sequence.js'

const body = new Uint8Array()

it('holds later frames until the promises of a frame have settled, and keeps the order', async () => {
  const log: string[] = []
  const { take, hold } = inSequence((_, number) => {
    log.push(`frame ${number}`)
    if (number % 2 === 1) return
    hold()
    // Any number of promises in a row.
    void (async () => {
      for (let step = 0; step < 20; step++) await undefined
      log.push(`settled ${number}`)
    })()
  })
  for (const number of [1, 2, 3, 4, 5]) take(kinds.done, number, body)
  expect(log).toEqual(['frame 1', 'frame 2'])
  await turn()
  expect(log.slice(2)).toEqual(['settled 2', 'frame 3', 'frame 4', 'settled 4', 'frame 5'])
})
