import { WildcastError } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { type SettleUnanswered, Unanswered } from './unanswered.js'

const ended = new WildcastError('broker_down', 'it has ended')

it('a command settles with its answer, and the last one makes the connection idle', async () => {
  const unanswered = new Unanswered()
  await unanswered.whenIdle()
  const settles: SettleUnanswered<string>[] = []
  const commands = ['1', '2'].map(() => unanswered.send<string>((settle) => settles.push(settle)))
  let idle = false
  const waiting = unanswered.whenIdle().then(() => {
    idle = true
  })
  settles[0]?.(undefined, 'yes')
  expect(await commands[0]).toBe('yes')
  expect({ idle, isEmpty: unanswered.isEmpty }).toEqual({ idle: false, isEmpty: false })
  const no = new WildcastError('forbidden', 'no')
  settles[1]?.(no)
  await expect(commands[1]).rejects.toBe(no)
  await waiting
})

it('the end rejects pending and later commands', async () => {
  const unanswered = new Unanswered()
  const command = unanswered.send(() => {})
  const idle = unanswered.whenIdle()
  unanswered.end(ended)
  await expect(command).rejects.toBe(ended)
  await idle
  await expect(unanswered.send(() => expect.unreachable())).rejects.toBe(ended)
})
