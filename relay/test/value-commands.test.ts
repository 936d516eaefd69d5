import { createClient } from '@wildcast/client'
import { presence } from '@wildcast/client/presence'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { mqtt, newId, realClock } from '../src/index.js'
import { atRelay } from './at-relay.js'
import { run, says } from './command.js'
import { startMosquitto } from './servers/mosquitto.js'

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
    expect(await command('del', 'lamp.1')).toEqual({ code: 0, out: '', err: 'lamp.1 has no value\n' })
  })

  it('report no missing value after a deletion on MQTT, which has no revisions', async () => {
    const { url } = await startMosquitto()
    const { command } = await atRelay({ brokers: { main: mqtt({ address: url }, { clock: realClock, newId }) } })
    expect(await command('set', 'lamp.1', 'on')).toEqual({ code: 0, out: '', err: '' })
    expect(await command('get', 'lamp.1')).toEqual({ code: 0, out: 'on\n', err: '' })
    expect(await command('del', 'lamp.1')).toEqual({ code: 0, out: '', err: '' })
    expect(await command('get', 'lamp.1')).toEqual({ code: 1, out: '', err: 'lamp.1 has no value\n' })
  })

  it('refuse an empty value, and name the command that deletes', async () => {
    const { command } = await atRelay()
    const err = 'an empty value is a deletion; use "wildcast del lamp.1"\n'
    expect(await command('set', 'lamp.1', '')).toEqual({ code: 1, out: '', err })
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

  it('write with --when null only if there is no value', async () => {
    const { command } = await atRelay()
    expect((await command('set', 'a', '1', '--when', 'null')).code).toBe(0)
    expect(await command('set', 'a', '2', '--when', 'null')).toMatchObject({
      code: 1,
      err: expect.stringMatching('condition_failed'),
    })
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
    expect((await command('who', 'room.42', '--count')).out).toBe('1\n')
    expect((await command('who', 'room.**', '--count')).out).toBe('1\n')
    expect((await command('who', 'room.7', '--count')).out).toBe('0\n')
    expect(await command('who', 'room.7')).toEqual({ code: 0, out: '', err: 'room.7 has no members\n' })
  })
})
