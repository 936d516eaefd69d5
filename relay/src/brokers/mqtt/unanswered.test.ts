import { WildcastError } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { type SettleUnanswered, Unanswered } from './unanswered.js'

const ended = new WildcastError('broker_down', 'it has ended')

it('what is answered settles as it was answered, and then all is quiet', async () => {
  const unanswered = new Unanswered()
  await unanswered.quiet()
  const settles: SettleUnanswered<string>[] = []
  const asked = ['1', '2'].map(() => unanswered.ask<string>((settle) => settles.push(settle)))
  let quiet = false
  const waiting = unanswered.quiet().then(() => {
    quiet = true
  })
  settles[0]?.(undefined, 'yes')
  expect(await asked[0]).toBe('yes')
  expect([quiet, unanswered.isEmpty]).toEqual([false, false])
  const no = new WildcastError('forbidden', 'no')
  settles[1]?.(no)
  await expect(asked[1]).rejects.toBe(no)
  await waiting
})

it('the end fails what is open, and whatever is asked after it', async () => {
  const unanswered = new Unanswered()
  const asked = unanswered.ask(() => {})
  const quiet = unanswered.quiet()
  unanswered.end(ended)
  await expect(asked).rejects.toBe(ended)
  await quiet
  await expect(unanswered.ask(() => expect.unreachable())).rejects.toBe(ended)
})
