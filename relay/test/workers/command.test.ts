import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderWith, run } from '../command.js'
import { childrenOf, isRunning } from '../servers/processes.js'
import { startRelay } from '../start-relay.js'
import { clientOf, collectMessages, openRawClient, startWorkers, type WorkersCommand } from './start-workers.js'

/** All processes, including the primary. */
const processes = ({ primary }: WorkersCommand): number[] => {
  const pid = primary.pid as number
  return [pid, ...childrenOf(pid).map((child) => child.pid)]
}

describe('wildcast gateway --workers', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('drains on %s, exits with 0, and leaves nothing behind', async (signal) => {
    const command = await startWorkers(['gateway', '-p', '0', '--workers', '2'])
    const clients = [await openRawClient(command), await openRawClient(command), await openRawClient(command)]
    const all = processes(command)
    expect(all).toHaveLength(4)
    const exit = once(command.primary, 'exit')
    // Terminals and service managers signal all of them.
    for (const pid of all) process.kill(pid, signal)
    for (const { socket } of clients) {
      expect(await socket.json()).toMatchObject({ GoingAway: {} })
      expect((await socket.closed).code).toBe(4410)
    }
    expect(await exit).toEqual([0, null])
    expect(all.filter(isRunning)).toEqual([])
    expect(command.leftovers()).toEqual([])
  })

  it('ends all processes, and leaves nothing behind, when the primary is killed', async () => {
    const command = await startWorkers(['gateway', '-p', '0', '--workers', '2'])
    const client = await clientOf(command)
    const all = processes(command)
    command.primary.kill('SIGKILL')
    await expect.poll(() => all.filter(isRunning)).toEqual([])
    expect(client.status.state).not.toBe('closed')
    expect(command.leftovers()).toEqual([])
  })

  it('exits at once on a second signal', async () => {
    const command = await startWorkers(['gateway', '-p', '0', '--workers', '2'])
    const all = processes(command)
    // A process that does not answer would delay the end.
    for (const pid of command.pids('relay')) process.kill(pid, 'SIGSTOP')
    const exit = once(command.primary, 'exit')
    // The system may deliver the same signal only once; and a third one would find a process that
    // no longer handles it.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) command.primary.kill(signal)
    expect(await exit).toEqual([1, null])
    for (const pid of all.slice(1)) if (isRunning(pid)) process.kill(pid, 'SIGCONT')
    await expect.poll(() => all.filter(isRunning)).toEqual([])
  })

  it('fails like a single process if its port is taken', async () => {
    const relay = await startRelay()
    const words = ['gateway', '-p', String(relay.port), '--host', '127.0.0.1']
    const alone = await run(words)
    expect(alone).toMatchObject({ code: 1, err: expect.stringContaining('is in use') })
    expect(await run([...words, '--workers', '2'])).toEqual(alone)
    expect(await run(words, { env: { WILDCAST_WORKERS: '2' } })).toEqual(alone)
  })

  it('names the allowed range for an invalid number', async () => {
    for (const value of ['0', '1.5', 'many', '1000']) {
      const { code, err } = await run(['gateway', '--workers', value])
      expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('whole number from 1 to 256') })
    }
  })

  it('reports the sum of all workers on /metrics, which does not decrease when one is killed', async () => {
    const command = await startWorkers(['gateway', '-p', '0', '--workers', '3'])
    for (let i = 0; i < 6; i++) await fetch(`http://${command.address}/publish/a`, { method: 'POST', body: 'x' })
    // A sum excludes a worker that is slow to answer.
    await expect.poll(() => metric(command, 'published_total{broker="BROKER"}')).toBe(6)
    await expect.poll(() => metric(command, 'broker_up{broker="BROKER"}')).toBe(1)
    await expect.poll(() => metric(command, 'broker_changes_total{broker="BROKER",status="up"}')).toBe(3)
    const before = command.pids('relay')
    process.kill(before[0] as number, 'SIGKILL')
    await expect.poll(() => metric(command, 'broker_changes_total{broker="BROKER",status="up"}').catch(String)).toBe(4)
    await expect.poll(() => metric(command, 'published_total{broker="BROKER"}').catch(String)).toBe(6)
  })
})

/** The value of a metric, requested over a connection of its own, and so from the next worker. */
async function metric({ address }: WorkersCommand, name: string): Promise<number> {
  const response = await fetch(`http://${address}/metrics`, { headers: { connection: 'close' } })
  const line = (await response.text()).split('\n').find((one) => one.startsWith(`wildcast_${name} `))
  return Number(line?.split(' ')[1])
}

describe('wildcast up with several workers', () => {
  const toml = (more: string): string => `port = 0
host = "127.0.0.1"
workers = 3
static = "."
[brokers.main]
type = "memory"
[brokers.second]
type = "memory"
${more}`
  const echo = `[[component]]
id = "echo"
source = "echo.mjs"
trigger.subscription.Topic.topic = "say"
[[bridge]]
from = "main:answers"
to = "second"
[[gateway]]
port = 0
host = "127.0.0.1"
broker = "second"
`
  const project = async (): Promise<string> => {
    const cwd = await folderWith('echo.mjs', "export default () => ({ subject: 'answers', message: 'old' })")
    await writeFile(path.join(cwd, 'wildcast.toml'), toml(echo))
    return cwd
  }

  it('runs components and bridges once, for messages of all workers, and reloads them with --watch', async () => {
    const cwd = await project()
    const command = await startWorkers(['up', '--watch'], { cwd, ports: 2 })
    const clients = [await clientOf(command), await clientOf(command), await clientOf(command)]
    const answers = await Promise.all(clients.map((client) => collectMessages(client, 'answers')))
    const copied = await collectMessages(clients[0]?.broker('second') as never, 'answers')
    // The component subscribes some moments after the ports open.
    await expect.poll(() => clients[0]?.publish('say').then(() => answers[0]?.length)).toBeGreaterThan(0)
    for (const client of clients) await client.publish('say')
    const runs = (): Promise<number> => metric(command, 'component_runs_total{component="echo",outcome="ok"}')
    const published = (): Promise<number> => metric(command, 'published_total{broker="main"}')
    // Each message was answered once: half of all that was published.
    await expect
      .poll(async () => (await published()) - 2 * (await runs()), { message: 'answers' })
      .toBeLessThanOrEqual(0)
    const times = await runs()
    for (const one of [...answers, copied]) await expect.poll(() => one.length).toBeGreaterThanOrEqual(times - 1)
    for (const one of [...answers, copied]) expect(one.length).toBeLessThanOrEqual(times)
    await writeFile(path.join(cwd, 'echo.mjs'), "export default () => ({ subject: 'answers', message: 'new' })")
    await expect.poll(() => clients[1]?.publish('say').then(() => answers[2]?.at(-1))).toBe('new')
  })

  it('serves files, health and readiness on every worker, and each port its own broker', async () => {
    const command = await startWorkers(['up'], { cwd: await project(), ports: 2 })
    const get = (where: string, address = command.address): Promise<Response> =>
      fetch(`http://${address}${where}`, { headers: { connection: 'close' } })
    const relays: string[] = []
    for (let i = 0; i < 3; i++) relays.push(((await (await get('/healthz')).json()) as { relay: string }).relay)
    expect(new Set(relays).size).toBe(3)
    for (let i = 0; i < 3; i++) expect((await get('/readyz')).status).toBe(200)
    for (let i = 0; i < 3; i++) expect(await (await get('/echo.mjs')).text()).toContain('old')
    for (let i = 0; i < 3; i++)
      expect(await (await get('/readyz', command.addresses[1])).json()).toMatchObject({ brokers: [{ name: 'second' }] })
  })

  it.each([
    [
      'a component that can not be loaded',
      `[[component]]\nid = "bad"\nsource = "bad.mjs"\ntrigger.subscription.Topic.topic = "a"\n`,
      1,
    ],
    ['a mistake', 'colour = "red"\n', 2],
  ])('fails like a single process over %s', async (_, more, code) => {
    const cwd = await folderWith('bad.mjs', 'export const nothing = 1')
    await writeFile(path.join(cwd, 'wildcast.toml'), toml(more))
    const alone = await run(['up', '--workers', '1'], { cwd })
    expect(alone.code).toBe(code)
    expect(await run(['up'], { cwd })).toEqual(alone)
  })

  it('rejects a configuration that contains a function', async () => {
    const options = "{ type: 'redis', url: 'redis://127.0.0.1:1', options: { retryStrategy: () => 1 } }"
    const text = `export default { port: 0, workers: 2, brokers: { main: ${options} } }`
    const cwd = await folderWith('wildcast.config.mjs', text)
    expect(await run(['up'], { cwd })).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^with several workers, .*(?:retryStrategy|=> 1)/),
    })
  })
})
