import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { atRelay } from './at-relay.js'
import { says, wildcast } from './command.js'

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
