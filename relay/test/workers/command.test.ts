import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderWith, run } from '../command.js'
import { childrenOf, lives } from '../servers/processes.js'
import { startRelay } from '../start-relay.js'
import { type Crew, clientOf, guest, hearing, startCrew } from './crew.js'

/** The processes of a crew, the primary too. */
const processes = ({ primary }: Crew): number[] => {
  const pid = primary.pid as number
  return [pid, ...childrenOf(pid).map((child) => child.pid)]
}

describe('wildcast gateway --workers', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('drains on %s, exits with 0, and leaves nothing behind', async (signal) => {
    const crew = await startCrew(['gateway', '-p', '0', '--workers', '2'])
    const guests = [await guest(crew), await guest(crew), await guest(crew)]
    const all = processes(crew)
    expect(all).toHaveLength(4)
    const exit = once(crew.primary, 'exit')
    // Terminals and service managers tell each of them.
    for (const pid of all) process.kill(pid, signal)
    for (const { socket } of guests) {
      expect(await socket.json()).toMatchObject({ GoingAway: {} })
      expect((await socket.closed).code).toBe(4410)
    }
    expect(await exit).toEqual([0, null])
    expect(all.filter(lives)).toEqual([])
    expect(crew.leftovers()).toEqual([])
  })

  it('ends all processes, and leaves nothing behind, when the primary is killed', async () => {
    const crew = await startCrew(['gateway', '-p', '0', '--workers', '2'])
    const client = await clientOf(crew)
    const all = processes(crew)
    crew.primary.kill('SIGKILL')
    await expect.poll(() => all.filter(lives)).toEqual([])
    expect(client.status.state).not.toBe('closed')
    expect(crew.leftovers()).toEqual([])
  })

  it('ends at once on a second signal', async () => {
    const crew = await startCrew(['gateway', '-p', '0', '--workers', '2'])
    const all = processes(crew)
    // One that answers nothing would hold up the end.
    for (const pid of crew.pids('relay')) process.kill(pid, 'SIGSTOP')
    const exit = once(crew.primary, 'exit')
    // Of the same signal twice, the system may tell once; and a third would find a process that has
    // stopped to listen.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) crew.primary.kill(signal)
    expect(await exit).toEqual([1, null])
    for (const pid of all.slice(1)) if (lives(pid)) process.kill(pid, 'SIGCONT')
    await expect.poll(() => all.filter(lives)).toEqual([])
  })

  it('fails as one process would where its port is taken', async () => {
    const relay = await startRelay()
    const words = ['gateway', '-p', String(relay.port), '--host', '127.0.0.1']
    const alone = await run(words)
    expect(alone).toMatchObject({ code: 1, err: expect.stringContaining('is in use') })
    expect(await run([...words, '--workers', '2'])).toEqual(alone)
    expect(await run(words, { env: { WILDCAST_WORKERS: '2' } })).toEqual(alone)
  })

  it('names what is allowed for a number that is none', async () => {
    for (const value of ['0', '1.5', 'many', '1000']) {
      const { code, err } = await run(['gateway', '--workers', value])
      expect([code, err]).toEqual([2, expect.stringContaining('whole number from 1 to 256')])
    }
  })

  it('tells the sum over all workers on /metrics, and takes nothing back when one is killed', async () => {
    const crew = await startCrew(['gateway', '-p', '0', '--workers', '3'])
    for (let i = 0; i < 6; i++) await fetch(`http://${crew.address}/publish/a`, { method: 'POST', body: 'x' })
    // A worker that is slow to answer is left out of a sum.
    await expect.poll(() => metric(crew, 'published_total{broker="BROKER"}')).toBe(6)
    await expect.poll(() => metric(crew, 'broker_up{broker="BROKER"}')).toBe(1)
    await expect.poll(() => metric(crew, 'broker_changes_total{broker="BROKER",status="up"}')).toBe(3)
    const before = crew.pids('relay')
    process.kill(before[0] as number, 'SIGKILL')
    await expect.poll(() => metric(crew, 'broker_changes_total{broker="BROKER",status="up"}').catch(String)).toBe(4)
    await expect.poll(() => metric(crew, 'published_total{broker="BROKER"}').catch(String)).toBe(6)
  })
})

/** The value of a metric, asked over a connection of its own, and so of the next worker. */
async function metric({ address }: Crew, name: string): Promise<number> {
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
from = "main:said"
to = "second"
[[gateway]]
port = 0
host = "127.0.0.1"
broker = "second"
`
  const project = async (): Promise<string> => {
    const cwd = await folderWith('echo.mjs', "export default () => ({ subject: 'said', message: 'old' })")
    await writeFile(path.join(cwd, 'wildcast.toml'), toml(echo))
    return cwd
  }

  it('runs components and bridges once, for messages of all workers, and loads them again with --watch', async () => {
    const cwd = await project()
    const crew = await startCrew(['up', '--watch'], { cwd, ports: 2 })
    const clients = [await clientOf(crew), await clientOf(crew), await clientOf(crew)]
    const said = await Promise.all(clients.map((client) => hearing(client, 'said')))
    const copied = await hearing(clients[0]?.broker('second') as never, 'said')
    // The component listens some moments after the ports do.
    await expect.poll(() => clients[0]?.publish('say').then(() => said[0]?.length)).toBeGreaterThan(0)
    for (const client of clients) await client.publish('say')
    const runs = (): Promise<number> => metric(crew, 'component_runs_total{component="echo",outcome="ok"}')
    const published = (): Promise<number> => metric(crew, 'published_total{broker="main"}')
    // Each message was answered once: half of all that was published.
    await expect
      .poll(async () => (await published()) - 2 * (await runs()), { message: 'answers' })
      .toBeLessThanOrEqual(0)
    const times = await runs()
    for (const one of [...said, copied]) await expect.poll(() => one.length).toBeGreaterThanOrEqual(times - 1)
    for (const one of [...said, copied]) expect(one.length).toBeLessThanOrEqual(times)
    await writeFile(path.join(cwd, 'echo.mjs'), "export default () => ({ subject: 'said', message: 'new' })")
    await expect.poll(() => clients[1]?.publish('say').then(() => said[2]?.at(-1))).toBe('new')
  })

  it('serves files, health and readiness on every worker, and each port its own broker', async () => {
    const crew = await startCrew(['up'], { cwd: await project(), ports: 2 })
    const get = (where: string, address = crew.address): Promise<Response> =>
      fetch(`http://${address}${where}`, { headers: { connection: 'close' } })
    const relays: string[] = []
    for (let i = 0; i < 3; i++) relays.push(((await (await get('/healthz')).json()) as { relay: string }).relay)
    expect(new Set(relays).size).toBe(3)
    for (let i = 0; i < 3; i++) expect((await get('/readyz')).status).toBe(200)
    for (let i = 0; i < 3; i++) expect(await (await get('/echo.mjs')).text()).toContain('old')
    for (let i = 0; i < 3; i++)
      expect(await (await get('/readyz', crew.addresses[1])).json()).toMatchObject({ brokers: [{ name: 'second' }] })
  })

  it.each([
    [
      'a component that can not be loaded',
      `[[component]]\nid = "bad"\nsource = "bad.mjs"\ntrigger.subscription.Topic.topic = "a"\n`,
      1,
    ],
    ['a mistake', 'colour = "red"\n', 2],
  ])('fails as one process would over %s', async (_, more, code) => {
    const cwd = await folderWith('bad.mjs', 'export const nothing = 1')
    await writeFile(path.join(cwd, 'wildcast.toml'), toml(more))
    const alone = await run(['up', '--workers', '1'], { cwd })
    expect(alone.code).toBe(code)
    expect(await run(['up'], { cwd })).toEqual(alone)
  })

  it('says that a configuration which holds a function is for one process', async () => {
    const text = `export default { port: 0, workers: 2, brokers: { main: { type: 'redis', url: 'redis://127.0.0.1:1', options: { retryStrategy: () => 1 } } } }`
    const cwd = await folderWith('wildcast.config.mjs', text)
    expect(await run(['up'], { cwd })).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^with several workers .*retryStrategy|^with several workers .*=> 1/),
    })
  })
})
