import { describe, expect, it } from 'vitest'
import { atRelay } from './at-relay.js'
import { run, says } from './command.js'
import { keepingBroker } from './keeping-broker.js'

/** Runs commands at a relay that keeps the last 5 messages of each subject `room.*`. */
async function atHistory(messages = 0): ReturnType<typeof atRelay> {
  const at = await atRelay({ brokers: { test: keepingBroker([{ subjects: 'room.*', messages: 5 }]) } })
  for (let i = 0; i < messages; i++) await at.command('pub', 'room.1', `${i}`)
  return at
}

const position = /^\w{10}-\w{9} /gm

/** Lines without their positions. */
const linesOf = (out: string): string[] => out.replace(position, '').split('\n').slice(0, -1)

describe('wildcast history', () => {
  it('prints kept messages with their positions, page by page', async () => {
    const { command } = await atHistory(3)
    const newest = await command('history', 'room.*', '--last', '2')
    expect(linesOf(newest.out)).toEqual(['room.1 1', 'room.1 2'])
    const [, before = ''] = /^more: (--before \S+)$/m.exec(newest.err) ?? []
    const older = await command('history', 'room.*', ...before.split(' '))
    expect([linesOf(older.out), older.err, older.code]).toEqual([['room.1 0'], '', 0])
    const first = await command('history', 'room.*', '--after', 'start', '--limit', '2')
    expect(linesOf(first.out)).toEqual(['room.1 0', 'room.1 1'])
    const [, after = ''] = /^more: (--after \S+)$/m.exec(first.err) ?? []
    expect(linesOf((await command('history', 'room.*', ...after.split(' '))).out)).toEqual(['room.1 2'])
  })

  it('prints JSON, and reports forgotten messages', async () => {
    const { command } = await atHistory(6)
    const { out, err } = await command('history', 'room.1', '--after', 'start', '--json', '--limit', '1')
    expect(JSON.parse(out)).toEqual({
      subject: 'room.1',
      message: '1',
      broker: 'test',
      position: expect.stringMatching(/^\w{10}-\w{9}$/),
    })
    expect(err).toMatch(/^messages after that position are forgotten\nmore: --after \S+\n$/)
  })

  it('continues with later messages with --follow', async () => {
    const { command, started } = await atHistory(2)
    const following = started('history', 'room.*', '--follow', '--last', '1')
    const printed = says(following.stdout, /later/)
    await says(following.stderr, /subscribed/)
    await command('pub', 'room.2', 'later')
    expect(linesOf(await printed)).toEqual(['room.1 1', 'room.2 later'])
  })

  it('exits with 1 if nothing of the pattern is kept by a rule, with 0 if nothing is there', async () => {
    const { command } = await atHistory()
    expect(await command('history', 'lamp.*')).toMatchObject({ code: 1, err: expect.stringMatching('unsupported') })
    expect(await command('history', 'room.*')).toEqual({
      code: 0,
      out: '',
      err: 'no message of room.* is kept there\n',
    })
  })

  it.each([
    [['--last', '0'], /whole number from 1/],
    [['--before', 'a', '--after', 'b'], /cannot be used with/],
    [['--before', 'a', '--follow'], /cannot be used with/],
    [['--last', '1', '--limit', '1'], /cannot be used with/],
    [['--follow', '--limit', '1'], /cannot be used with/],
  ])('refuses %j', async (args, why) => {
    expect(await run(['history', 'room.*', ...args])).toMatchObject({ code: 2, err: expect.stringMatching(why) })
  })
})
