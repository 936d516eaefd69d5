import { once } from 'node:events'
import { connect as tcp } from 'node:net'
import { createClient } from '@wildcast/client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { portsOf, run, says, start } from './command.js'
import { connect, type Socket } from './socket.js'
import { startRelay } from './start-relay.js'

describe('wildcast gateway', () => {
  it('serves every endpoint on one port, and closes in good order on SIGINT', async () => {
    const child = start(['gateway', '-b', 'InMemoryBroker', '-w', 'json', '-r', 'json', '-p', '0', '-t', '1'])
    const port = /localhost:(\d+)/.exec(await says(child.stdout, /localhost:\d+\n/))?.[1]
    const url = `http://127.0.0.1:${port}`
    expect((await fetch(`${url}/publish/good.test`, { method: 'POST', body: 'hi' })).status).toBe(202)
    expect((await fetch(`${url}/request/nobody`)).status).toBe(504)
    expect(await (await fetch(`${url}/healthz`)).json()).toMatchObject({ brokers: [{ name: 'BROKER' }] })
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it('exits on SIGINT despite clients that do not close', async () => {
    const child = start(['gateway', '-w', 'json', '-p', '0'])
    const port = Number(/localhost:(\d+)/.exec(await says(child.stdout, /localhost:\d+\n/))?.[1])
    const upgrade = 'HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'
    const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
    // Refused and not closed; half a request; accepted and not read.
    for (const bytes of [`GET /nowhere ${upgrade}${key}`, 'GET /healthz HT', `GET /ws ${upgrade}${key}`]) {
      const socket = tcp({ port, host: '127.0.0.1', allowHalfOpen: true })
      socket.on('error', () => {})
      onTestFinished(() => void socket.destroy())
      await once(socket, 'connect')
      socket.write(bytes)
    }
    const client = createClient({ url: `ws://127.0.0.1:${port}`, WebSocket })
    onTestFinished(() => client.close())
    await expect.poll(() => client.status.state).toBe('online')
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it('sends GoingAway on SIGTERM, and loses no acknowledged message (N5)', async () => {
    const child = start(['gateway', '-p', '0'])
    const address = `127.0.0.1:${(await portsOf(child, 1))[0]}`
    const [publisher, listener] = [
      await connect(`ws://${address}/ws`, 'wildcast.v1+json'),
      await connect(`ws://${address}/ws`, 'wildcast.v1+json'),
    ]
    listener.send('{"Subscribe":"a"}')
    await listener.next()
    const exit = once(child, 'exit')
    for (let ref = 0; ref < 5000; ref++) {
      if (ref === 2500) child.kill('SIGTERM')
      publisher.send(JSON.stringify({ Publish: { ref, subject: 'a', message: `${ref}` } }))
    }
    const ends = await Promise.all([publisher.closed, listener.closed])
    expect(ends.map(({ code }) => code)).toEqual([4410, 4410])
    expect(await exit).toEqual([0, null])
    const frames = (socket: Socket): Record<string, { ref: number; message: string }>[] =>
      socket.waiting.map((text) => JSON.parse(String(text)))
    const acknowledged = frames(publisher).flatMap(({ Ack }) => Ack?.ref ?? [])
    const received = frames(listener).flatMap(({ Message }) => (Message ? Number(Message.message) : []))
    expect(received).toEqual([...received.keys()])
    expect(acknowledged).toEqual([...acknowledged.keys()])
    expect(received.length).toBeGreaterThanOrEqual(acknowledged.length)
    expect(frames(listener).at(-1)).toMatchObject({ GoingAway: {} })
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('exits at once on a second signal after %s (N5)', async (signal) => {
    const child = start(['gateway', '-p', '0'])
    await portsOf(child, 1)
    const exit = once(child, 'exit')
    child.kill(signal)
    child.kill(signal === 'SIGTERM' ? 'SIGINT' : 'SIGTERM')
    const [code, by] = await exit
    expect({ by, ended: code === 0 || code === 1 }).toEqual({ by: null, ended: true })
  })

  it('reads its flags from the environment, too', async () => {
    const child = start(['gateway'], { env: { PORT: '0', WEBSOCKETS: 'text', BROKER: 'InMemoryBroker' } })
    await says(child.stdout, /localhost:\d+\n/)
  })

  it.each([
    ['-w', 'loud', 'json'],
    ['-r', 'xml', 'messagepack'],
    ['-p', '70000', '65535'],
    ['-p', 'http', 'whole number'],
    ['-t', '0', 'whole number'],
    ['-b', 'Kafka', 'InMemoryBroker'],
    ['-s', '/nowhere/at/all', 'no such folder'],
  ])('names the flag and the allowed values for %s %s, and exits with 2', async (flag, value, allowed) => {
    const { code, err } = await run(['gateway', flag, value])
    expect(code).toBe(2)
    expect(err).toContain(flag)
    expect(err).toContain(allowed)
    expect(err).not.toContain('at ')
  })

  it('reports in one sentence that its port is taken (N12)', async () => {
    const relay = await startRelay()
    const { code, err } = await run(['gateway', '-p', String(relay.port), '--host', '127.0.0.1'])
    expect({ code, err }).toEqual({
      code: 1,
      err: `port ${relay.port} is in use; choose another with --port or PORT\n`,
    })
  })

  it('lists its flags and their variables with -h', async () => {
    const { code, out } = await run(['gateway', '-h'])
    expect(code).toBe(0)
    for (const word of [
      '--broker',
      '--websockets',
      '--request-response',
      '--port',
      '--timeout',
      'REQUEST_RESPONSE',
      'PORT',
    ])
      expect(out).toContain(word)
  })
})

describe('wildcast sub, pub and request', () => {
  it('print what was published, as lines and as JSON, until SIGINT', async () => {
    const { address } = await startRelay()
    const url = ['--url', `ws://${address}`]
    const lines = start(['sub', 'good.*', ...url])
    const objects = start(['sub', 'good.*', '--json', ...url])
    await Promise.all([says(lines.stderr, /subscribed/), says(objects.stderr, /subscribed/)])
    expect(await run(['pub', 'good.test', 'hi', ...url])).toEqual({ code: 0, out: '', err: '' })
    expect(await says(lines.stdout, /\n/)).toBe('good.test hi\n')
    expect(await says(objects.stdout, /\n/)).toBe('{"subject":"good.test","message":"hi","broker":"test"}\n')
    lines.kill('SIGINT')
    expect(await once(lines, 'exit')).toEqual([0, null])
  })

  it('use the relay of this machine on PORT if they have no URL', async () => {
    const { port } = await startRelay()
    const env = { PORT: String(port) }
    const child = start(['sub', 'good.*'], { env })
    await says(child.stderr, /subscribed/)
    expect(await run(['pub', 'good.test', 'hi'], { env })).toEqual({ code: 0, out: '', err: '' })
    expect(await says(child.stdout, /\n/)).toBe('good.test hi\n')
    expect(await run(['request', 'nobody'], { env })).toMatchObject({ err: expect.stringContaining('no_responders') })
  })

  it('read the message from standard input, byte for byte', async () => {
    const { address } = await startRelay()
    const url = ['--url', `ws://${address}`]
    const child = start(['sub', 'good.*', '--json', ...url])
    await says(child.stderr, /subscribed/)
    await run(['pub', 'good.test', '-', ...url], { stdin: 'line one\nline two\n' })
    expect(JSON.parse(await says(child.stdout, /\n/)).message).toBe('line one\nline two\n')
  })

  it('print the outcome of a publish with --json', async () => {
    const { address } = await startRelay()
    const { out } = await run(['pub', 'good.test', 'hi', '--json', '--url', `ws://${address}`])
    expect(JSON.parse(out)).toEqual({ subject: 'good.test', outcome: 'confirmed' })
  })

  it('exit with 1 and the code if they are refused', async () => {
    const { address } = await startRelay()
    const url = ['--url', `ws://${address}`]
    for (const [args, code] of [
      [['pub', 'a..b', 'x'], 'invalid_subject'],
      [['sub', 'a b'], 'invalid_subject'],
      [['sub', '$SYS.x'], 'forbidden'],
      [['request', 'nobody', 'x'], 'no_responders'],
      [['pub', 'a', 'x', '--broker', 'nowhere'], 'unknown_broker'],
    ] as const) {
      const result = await run([...args, ...url])
      expect({ args, exit: result.code, code: result.err.split(':')[0] }).toEqual({ args, exit: 1, code })
      expect(result.err).not.toContain('    at ')
    }
  })

  it('exit with 2 if the URL is invalid', async () => {
    const { code, err } = await run(['pub', 'a', 'x', '--url', 'foo'])
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('ws://localhost:3015') })
  })

  it('exit quietly when the reader of their output has gone', async () => {
    const { address } = await startRelay()
    const child = start(['sub', 'good.*', '--url', `ws://${address}`])
    let err = ''
    child.stderr?.on('data', (chunk) => {
      err += String(chunk)
    })
    await expect.poll(() => err).toContain('subscribed')
    child.stdout?.destroy()
    const ended = once(child, 'exit')
    while (child.exitCode === null) await fetch(`http://${address}/publish/good.x`, { method: 'POST', body: 'x' })
    expect({ code: (await ended)[0], err }).toEqual({ code: 0, err: 'subscribed to good.*\n' })
  })

  it('exit with 1 and a remedy if no relay listens', async () => {
    const relay = await startRelay()
    await relay.close()
    const { code, err } = await run(['pub', 'a', 'x', '--url', `ws://${relay.address}`])
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('is the relay running there?') })
  })
})
