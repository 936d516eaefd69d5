import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { attach, health, memory, newId, realClock } from '../src/index.js'
import { folderWith, portsOf, start } from './command.js'
import { serverOf } from './raw-http.js'
import { startRelay } from './start-relay.js'

const keepAliveOf = async (port: number, path = '/healthz'): Promise<string | null> =>
  (await fetch(`http://127.0.0.1:${port}${path}`)).headers.get('keep-alive')

describe('a connection between two requests', () => {
  it('stays open for 75 s, longer than load balancers keep it, as the answer announces', async () => {
    const relay = await startRelay()
    expect((await serverOf(relay)).keepAliveTimeout).toBe(75_000)
    expect(await keepAliveOf(relay.port)).toBe('timeout=75')
  })

  it('stays open for the configured time', async () => {
    const relay = await startRelay({ keepAliveMs: 90_000 })
    expect((await serverOf(relay)).keepAliveTimeout).toBe(90_000)
    expect(await keepAliveOf(relay.port)).toBe('timeout=90')
  })

  it('ends when that time is over', async () => {
    const relay = await startRelay({ keepAliveMs: 50 })
    const server = await serverOf(relay)
    const opened = once(server, 'connection')
    const pending = fetch(`http://${relay.address}/healthz`)
    const [socket] = await opened
    await (await pending).text()
    if (!socket.destroyed) await once(socket, 'close')
  })

  it('has the timeout of the host server if the relay is attached', async () => {
    const server = createServer({ keepAliveTimeout: 7000 })
    const { close } = await attach(server, {
      brokers: { main: memory({ clock: realClock, newId }) },
      gateways: [health],
      onError: () => {},
    })
    onTestFinished(async () => {
      await close()
      server.close()
      server.closeAllConnections()
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    expect(await keepAliveOf((server.address() as AddressInfo).port, '/wildcast/healthz')).toBe('timeout=7')
  })
})

describe('the command', () => {
  it.each([
    ['a flag', ['gateway', '-p', '0', '--keep-alive', '120'], {}],
    ['a variable', ['gateway', '-p', '0'], { WILDCAST_KEEP_ALIVE: '120' }],
    ['a flag, with workers', ['gateway', '-p', '0', '--keep-alive', '120', '--workers', '2'], {}],
  ])('reads it from %s', async (_, args, env) => {
    const [port] = await portsOf(start(args, { env }), 1)
    expect(await keepAliveOf(port as number)).toBe('timeout=120')
  })

  it('reads it from a configuration, for each gateway', async () => {
    const cwd = await folderWith(
      'wildcast.toml',
      'port = 0\nkeep_alive = 100\nbrokers.main.type = "memory"\n' +
        '[[gateway]]\nport = 0\nkeep_alive = 200.0\n[[gateway]]\nport = 0\n',
    )
    const ports = await portsOf(start(['up'], { cwd }), 3)
    expect(await Promise.all(ports.map((port) => keepAliveOf(port)))).toEqual([
      'timeout=100',
      'timeout=200',
      'timeout=75',
    ])
  })
})
