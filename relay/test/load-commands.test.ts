import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { WildcastError } from '@wildcast/protocol'
import { describe, expect, it, onTestFinished } from 'vitest'
import { metrics, nobody, websocket } from '../src/index.js'
import { openControl } from '../src/node/admin/control.js'
import { atRelay } from './at-relay.js'
import { run, wildcast } from './command.js'
import { startRelay } from './start-relay.js'

describe('wildcast bench', () => {
  it('measures a relay in several threads, and loses nothing', async () => {
    const { command } = await atRelay()
    const load = ['-n', '6', '-s', '3', '--rate', '40', '--seconds', '1', '--threads', '2', '--codec', 'msgpack']
    const { code, out, err } = await command('bench', ...load, '--json')
    const result: unknown = JSON.parse(out)
    expect({ code, err, result }).toMatchObject({
      code: 0,
      err: '',
      result: {
        plan: { codec: 'msgpack', clients: 6, subscribers: 3, rate: 40, size: 128 },
        threads: 2,
        lost: 0,
        errors: {},
        latency_ms: { p50: expect.any(Number), p95: expect.any(Number), max: expect.any(Number) },
      },
    })
    const { confirmed, delivered } = result as { confirmed: number; delivered: number }
    expect(confirmed).toBeGreaterThan(0)
    expect(delivered).toBe(3 * confirmed)
  })

  it('prints a chart, and what the limit was', async () => {
    const { command } = await atRelay({ limits: { publishes: 10 } })
    const { code, out } = await command('bench', '--rate', '80', '-n', '2', '--seconds', '1')
    const wanted = /errors {6}none\nlatency {5}p50.*█.*deliveries each second .*is the limit|the limits of the machine/s
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(wanted) })
  })

  it('counts refusals by their code', async () => {
    const { command } = await atRelay({ limits: { payload: 64 } })
    const { code, out } = await command('bench', '--rate', '10', '-n', '2', '--seconds', '1')
    const wanted = /delivered {3}0 .*\nlost {8}0\nerrors {6}too_large \d+\n/
    expect({ code, out }).toEqual({ code: 1, out: expect.stringMatching(wanted) })
  })

  it('ends at Ctrl-C with what it has', async () => {
    let confirmed = (): void => {}
    const isUnderLoad = new Promise<void>((resolve) => {
      confirmed = resolve
    })
    const { started } = await atRelay({ observer: { ...nobody, published: confirmed } })
    const child = started('bench', '-n', '2', '--seconds', '600', '--json')
    const ended = Promise.all([text(child.stdout as NodeJS.ReadableStream), once(child, 'exit')])
    await isUnderLoad
    child.kill('SIGINT')
    const [out, [code]] = await ended
    expect({ code, result: JSON.parse(out) }).toMatchObject({ code: 0, result: { lost: 0 } })
  })

  it('refuses a relay of another machine without --yes, and too few clients', async () => {
    expect(await run(['bench', '--url', 'wss://relay.example/ws'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('relay.example is not this machine; add --yes to put this load on it'),
    })
    expect(await run(['bench', '-n', '3', '-s', '4'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--clients'),
    })
  })

  it('names the relay that it can not reach, and why a client is refused', async () => {
    expect(await run(['bench', '--url', 'ws://127.0.0.1:1', '-n', '2'])).toMatchObject({
      code: 1,
      err: expect.stringContaining("can't reach ws://127.0.0.1:1; is the relay running there?"),
    })
    const { command } = await atRelay({ authenticate: () => Promise.reject(new WildcastError('unauthorized', 'no')) })
    expect(await command('bench', '-n', '2', '--token', 'x')).toMatchObject({
      code: 1,
      err: expect.stringContaining('unauthorized'),
    })
  })
})

describe('wildcast top', () => {
  async function adminPort() {
    const { observer, gateway } = metrics()
    const control = openControl({ hasUsers: false, onError: () => {} })
    const relay = await startRelay({ gateways: [...[control.gateways(gateway)].flat(), websocket()], observer })
    control.begin(relay.relay)
    return relay.address
  }

  it('prints one interval of several relays, as JSON and as text, with those that it can not reach', async () => {
    const admin = await adminPort()
    const relays = ['--admin', admin, '--admin', '127.0.0.1:1', '--once', '-i', '1']
    const [json, plain] = await Promise.all([run(['top', ...relays, '--json']), run(['top', ...relays])])
    expect({ ...json, out: JSON.parse(json.out) }).toMatchObject({
      code: 0,
      out: {
        relays: [
          { relay: admin, sessions: 0, brokers: [{ broker: 'test', up: true, in_per_second: 0 }] },
          { relay: '127.0.0.1:1', error: expect.stringContaining("can't reach the admin port 127.0.0.1:1") },
        ],
      },
    })
    expect(plain.out).toMatch(/BROKER {2}LINK .*\ntest {4}up .*can't reach the admin port 127\.0\.0\.1:1/s)
    expect(plain.out).not.toContain('\u001b')
  })

  it('refreshes on a terminal until q, and restores it', async () => {
    const admin = await adminPort()
    const command = `${process.execPath} ${wildcast} top -i 1 --admin ${admin}`
    const terminal = spawn('script', ['-qfec', command, '/dev/null'], {
      env: { PATH: process.env.PATH, NO_COLOR: '1' },
    })
    onTestFinished(() => void terminal.kill('SIGKILL'))
    const ended = once(terminal, 'exit')
    let shown = ''
    terminal.stdout.on('data', (chunk) => {
      const had = shown.includes('LINK')
      shown += String(chunk)
      if (!had && shown.includes('LINK')) terminal.stdin.write('q')
    })
    const [code] = await ended
    expect({ code, shown }).toEqual({ code: 0, shown: expect.stringMatching(/\?1049h.*BROKER.*\?25h.*\?1049lq?$/s) })
    expect(shown).not.toContain('\u001b[1m')
  })

  it('fails with a sentence if no relay is there, or another server', async () => {
    const other = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const { code, out } = await run(['top', '--once', '-i', '1', '--admin', `127.0.0.1:${port}`])
    expect({ code, out }).toEqual({
      code: 1,
      out: expect.stringContaining('is not the admin port of a relay; correct --admin'),
    })
    expect(await run(['top', '--once'], { cwd: path.dirname(wildcast) })).toMatchObject({ code: 2 })
  })
})
