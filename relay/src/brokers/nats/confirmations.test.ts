import { WildcastError } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { Confirmations, type ConfirmedPublish } from './confirmations.js'

const no = new WildcastError('forbidden', 'no')

/** Confirmations whose PONGs a test sends. */
function open() {
  const pings: (() => void)[] = []
  const confirmations = new Confirmations(() => new Promise((pong) => pings.push(pong)))
  const log: string[] = []
  return {
    confirmations,
    log,
    pings,
    say(name: string, said: Partial<ConfirmedPublish> = {}) {
      confirmations.of({ kind: 'publish', subject: name, ...said }).then(
        () => log.push(name),
        ({ code }) => log.push(`${name} ${code}`),
      )
    },
    /** Lets everything happen that can. */
    settled: () => new Promise((resolve) => setImmediate(resolve)),
  }
}

it('come with one PONG for all that was said in a turn, in order', async () => {
  const { say, log, pings, settled } = open()
  say('a')
  say('b')
  await settled()
  say('c')
  await settled()
  expect([pings.length, log]).toEqual([2, []])
  pings[0]?.()
  await settled()
  expect(log).toEqual(['a', 'b'])
  pings[1]?.()
  await settled()
  expect(log).toEqual(['a', 'b', 'c'])
})

it('fail for the first that the server can mean, also when it is heard of a few promises after the PONG', async () => {
  const { confirmations, say, log, pings, settled } = open()
  for (const name of ['a', 'b', 'b']) say(name)
  await settled()
  pings[0]?.()
  let turns = Promise.resolve()
  for (let i = 0; i < 20; i++) turns = turns.then(() => {})
  void turns.then(() => confirmations.refuse(({ subject }) => subject === 'b', no))
  await settled()
  expect(log).toEqual(['a', 'b forbidden', 'b'])
})

it('fail for the last of the oldest turn where the server has had enough', async () => {
  const { confirmations, say, log, pings, settled } = open()
  for (const name of ['a', 'b', 'c']) say(name)
  await settled()
  say('later')
  for (let i = 0; i < 2; i++) confirmations.refuseLast(() => true, no)
  await settled()
  for (const pong of pings) pong()
  await settled()
  expect(log).toEqual(['a', 'b forbidden', 'c forbidden', 'later'])
})

it('say whether anybody could be meant', () => {
  const { confirmations, say } = open()
  say('a')
  expect(confirmations.refuse(({ subject }) => subject === 'b', no)).toBe(false)
  expect([1, 2].map(() => confirmations.refuse(({ subject }) => subject === 'a', no))).toEqual([true, false])
})

it('all fail when the connection ends, those that are asked for later too', async () => {
  const { confirmations, say, log, settled } = open()
  say('a')
  confirmations.end(no)
  say('b')
  await settled()
  expect(log).toEqual(['a forbidden', 'b forbidden'])
})
