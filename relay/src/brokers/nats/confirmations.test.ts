import { WildcastError } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { Confirmations, type ConfirmedCommand } from './confirmations.js'

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
    send(name: string, command: Partial<ConfirmedCommand> = {}) {
      confirmations.of({ kind: 'publish', subject: name, ...command }).then(
        () => log.push(name),
        ({ code }) => log.push(`${name} ${code}`),
      )
    },
    /** Resolves when settled promises have run their reactions. */
    settled: () => new Promise((resolve) => setImmediate(resolve)),
  }
}

it('come with one PONG for the commands of a turn, in order', async () => {
  const { send, log, pings, settled } = open()
  send('a')
  send('b')
  await settled()
  send('c')
  await settled()
  expect(pings).toHaveLength(2)
  expect(log).toEqual([])
  pings[0]?.()
  await settled()
  expect(log).toEqual(['a', 'b'])
  pings[1]?.()
  await settled()
  expect(log).toEqual(['a', 'b', 'c'])
})

it('fail for the first command that matches, even if it is refused a few promises after the PONG', async () => {
  const { confirmations, send, log, pings, settled } = open()
  for (const name of ['a', 'b', 'b']) send(name)
  await settled()
  pings[0]?.()
  let turns = Promise.resolve()
  for (let i = 0; i < 20; i++) turns = turns.then(() => {})
  void turns.then(() => confirmations.refuse(({ subject }) => subject === 'b', no))
  await settled()
  expect(log).toEqual(['a', 'b forbidden', 'b'])
})

it('fail for the last commands of the oldest turn at a limit of the server', async () => {
  const { confirmations, send, log, pings, settled } = open()
  for (const name of ['a', 'b', 'c']) send(name)
  await settled()
  send('later')
  for (let i = 0; i < 2; i++) confirmations.refuseLast(() => true, no)
  await settled()
  for (const pong of pings) pong()
  await settled()
  expect(log).toEqual(['a', 'b forbidden', 'c forbidden', 'later'])
})

it('report whether a pending command matches', () => {
  const { confirmations, send } = open()
  send('a')
  expect(confirmations.refuse(({ subject }) => subject === 'b', no)).toBe(false)
  expect([1, 2].map(() => confirmations.refuse(({ subject }) => subject === 'a', no))).toEqual([true, false])
})

it('all fail when the connection ends, and later ones too', async () => {
  const { confirmations, send, log, settled } = open()
  send('a')
  confirmations.end(no)
  send('b')
  await settled()
  expect(log).toEqual(['a forbidden', 'b forbidden'])
})
