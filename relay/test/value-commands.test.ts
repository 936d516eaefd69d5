import { once } from 'node:events'
import { createClient } from '@wildcast/client'
import { presence } from '@wildcast/client/presence'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { run, says, start, wildcast } from './command.js'
import { startRelay } from './start-relay.js'

/** Runs a command at a relay of its own. */
async function atRelay() {
  const { address } = await startRelay()
  const env = { WILDCAST_URL: `ws://${address}` }
  return {
    env,
    url: `ws://${address}`,
    command: (...args: readonly string[]) => run(args, { env }),
    started: (...args: readonly string[]) => start(args, { env }),
  }
}

describe('wildcast get, set and del', () => {
  it('write, print and delete a value', async () => {
    const { command } = await atRelay()
    const { out: revision } = await command('set', 'lamp.1', 'on')
    expect(await command('get', 'lamp.1')).toEqual({ code: 0, out: 'on\n', err: '' })
    expect(JSON.parse((await command('get', 'lamp.1', '--json')).out)).toEqual({
      subject: 'lamp.1',
      message: 'on',
      broker: 'test',
      revision: revision.trim(),
    })
    expect(JSON.parse((await command('del', 'lamp.1', '--json')).out)).toMatchObject({ subject: 'lamp.1' })
    expect(await command('get', 'lamp.1')).toEqual({ code: 1, out: '', err: 'lamp.1 has no value\n' })
    expect(await command('del', 'lamp.1')).toEqual({ code: 0, out: '', err: 'lamp.1 had no value\n' })
    const empty = 'an empty value is a deletion; use "wildcast del lamp.1"\n'
    expect(await command('set', 'lamp.1', '')).toEqual({ code: 1, out: '', err: empty })
  })

  it('write on a condition, and exit with 1 if it is not met', async () => {
    const { command } = await atRelay()
    const { out: first } = await command('set', 'a', '{"status":"ready"}', '--if-absent')
    expect(await command('set', 'a', 'x', '--if-absent')).toMatchObject({
      code: 1,
      err: expect.stringMatching('condition_failed'),
    })
    const { out: second } = await command('set', 'a', '2', '--when', '{"status":"ready"}')
    expect(await command('del', 'a', '--if-revision', first.trim())).toMatchObject({
      code: 1,
      err: expect.stringMatching('condition_failed'),
    })
    expect(await command('del', 'a', '--if-revision', second.trim())).toMatchObject({ code: 0 })
  })

  it.each([
    [['set', 'a', 'x', '--when', '{'], /Allowed: JSON/],
    [['set', 'a', 'x', '--if-absent', '--if-revision', 'x'], /cannot be used with/],
    [['set', 'a', 'x', '--ttl', '0'], /whole number from 1/],
  ])('refuse %j', async (args, why) => {
    expect(await run(args)).toMatchObject({ code: 2, err: expect.stringMatching(why) })
  })
})

describe('wildcast watch', () => {
  it('prints the values, then their changes', async () => {
    const { command, started } = await atRelay()
    await command('set', 'lamp.1', 'on')
    const watching = started('watch', 'lamp.*')
    const printed = says(watching.stdout, /deleted/)
    await says(watching.stderr, /subscribed/)
    await command('set', 'lamp.2', 'off')
    await command('del', 'lamp.1')
    expect(await printed).toBe('lamp.1 on\nlamp.2 off\nlamp.1 (deleted)\n')
  })
})

describe('wildcast who', () => {
  it('prints the members of a subject', async () => {
    const { url, command } = await atRelay()
    const client = createClient({ url, WebSocket })
    onTestFinished(() => client.close())
    await presence(client, 'room.42').enter({ name: 'Ada' })
    expect((await command('who', 'room.42')).out).toBe('USER  CONNECTIONS  DATA\n-     1            {"name":"Ada"}\n')
    const rows = (await command('who', 'room.42', '--json')).out
    expect(JSON.parse(rows)).toEqual({ connections: 1, data: { name: 'Ada' } })
    expect(await command('who', 'room.7')).toEqual({ code: 0, out: '', err: 'room.7 has no members\n' })
  })
})

describe('wildcast lock', () => {
  it('runs a command while it holds the lock, with its token, and exits with its code', async () => {
    const { command } = await atRelay()
    const script = `console.log(process.env.WILDCAST_LOCK_TOKEN); process.exitCode = 3`
    const { code, out } = await command('lock', 'job.1', '--', process.execPath, '-e', script)
    expect([code, out]).toEqual([3, expect.stringMatching(/^[0-9a-z]+-[0-9a-z]+\n$/)])
    expect((await command('get', 'job.1')).code).toBe(1)
  })

  it('does not wait with --timeout 0, and runs nothing', async () => {
    const { command } = await atRelay()
    await command('set', 'job.1', 'held')
    const { code, out, err } = await command('lock', 'job.1', '--timeout', '0', '--', process.execPath, wildcast)
    expect([code, out, err]).toEqual([
      1,
      '',
      expect.stringMatching('condition_failed: "job.1" is locked by another client; leave out'),
    ])
    const late = await command('lock', 'job.1', '--timeout', '1', '--', process.execPath, wildcast)
    expect([late.code, late.out, late.err]).toEqual([
      1,
      '',
      expect.stringMatching('timeout: "job.1" is locked by another client; wait longer'),
    ])
  })

  it('holds the lock until the command has ended, also after a signal', async () => {
    const { command, started } = await atRelay()
    const script = `
      process.on('SIGTERM', () => console.error('ending'))
      process.on('SIGUSR2', () => process.exit(7))
      console.log(process.pid)
      setInterval(() => {}, 1000)`
    const job = started('lock', 'job.1', '--', process.execPath, '-e', script)
    const pid = Number(await says(job.stdout, /\n/))
    const end = once(job, 'exit')
    job.kill('SIGTERM')
    await says(job.stderr, /ending/)
    expect((await command('get', 'job.1')).code).toBe(0)
    process.kill(pid, 'SIGUSR2')
    expect(await end).toEqual([7, null])
    expect((await command('get', 'job.1')).code).toBe(1)
  })

  it('exits with 128 and the number of the signal that has ended the command', async () => {
    const { command } = await atRelay()
    const kill = `process.kill(process.pid, 'SIGKILL')`
    expect(await command('lock', 'job.1', '--', process.execPath, '-e', kill)).toEqual({ code: 137, out: '', err: '' })
  })

  it('reports a program that does not exist, and releases the lock', async () => {
    const { command } = await atRelay()
    const { code, err } = await command('lock', 'job.1', '--', 'no-such-program')
    expect([code, err]).toEqual([
      1,
      'there is no program "no-such-program"; install it, or correct what follows "--"\n',
    ])
    expect((await command('get', 'job.1')).code).toBe(1)
  })

  it('ends the command when another client deletes the value', async () => {
    const { command, started } = await atRelay()
    const job = started('lock', 'job.1', '--', process.execPath, '-e', `console.log('on'); setInterval(() => {}, 1000)`)
    await says(job.stdout, /on/)
    const end = once(job, 'exit')
    const why = says(job.stderr, /\n/)
    await command('del', 'job.1')
    expect(await why).toBe('the value of "job.1" was deleted or replaced; the command is ended\n')
    expect(await end).toEqual([1, null])
  })
})
