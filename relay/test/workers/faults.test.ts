import { describe, expect, it } from 'vitest'
import { isRunning } from '../servers/processes.js'
import {
  clientOf,
  collectMessages,
  openRawClient,
  relayOf,
  startWorkers,
  type WorkersCommand,
} from './start-workers.js'

const open = (workers: number): Promise<WorkersCommand> =>
  startWorkers(['gateway', '-p', '0', '--workers', String(workers)])
const kill = (pid: number): void => void process.kill(pid, 'SIGKILL')

describe('a worker that is killed', () => {
  it('is replaced; its clients reconnect and get a gap, and other clients notice nothing', async () => {
    const command = await open(3)
    const clients = await Promise.all(Array.from({ length: 6 }, () => clientOf(command)))
    const received = await Promise.all(clients.map((client) => collectMessages(client, 'n')))
    const statuses = clients.map((client) => {
      const all: string[] = []
      client.onStatus(({ state }) => all.push(state))
      return all
    })
    const relays = clients.map(relayOf)
    const pid = command.pidOf(relays[0] as string)
    const all = [...clients.keys()]
    const [lost, others] = [all.filter((i) => relays[i] === relays[0]), all.filter((i) => relays[i] !== relays[0])]
    expect(others).not.toEqual([])
    kill(pid)
    await expect.poll(() => statuses[0]).toContain('waiting')
    // Before and after it is back.
    await clients[others[0] as number]?.publish('n', 'meanwhile')
    await expect.poll(() => command.pids('relay').filter((one) => one !== pid).length).toBe(3)
    for (const i of lost) await expect.poll(() => received[i]).toContain('gap')
    const after = Array.from({ length: 100 }, (_, i) => `after ${i}`)
    await Promise.all(after.map((text) => clients[0]?.publish('n', text)))
    for (const i of lost) {
      // A client that was back at once has received what was published meanwhile, too.
      await expect.poll(() => received[i]?.slice(-100)).toEqual(after)
      expect(received[i]?.filter((text) => text === 'gap')).toHaveLength(1)
    }
    for (const i of others) await expect.poll(() => received[i]).toEqual(['meanwhile', ...after])
    for (const i of others) expect(statuses[i]?.filter((state) => state !== 'online')).toEqual([])
  })

  it('frees the subject that one of its clients served, and fails its pending requests at once', async () => {
    const command = await open(2)
    const [server, asker] = [await openRawClient(command), await openRawClient(command)]
    server.socket.send(JSON.stringify({ Subscribe: { ref: 1, subject: 'slow', serve: true } }))
    expect(await server.socket.json()).toMatchObject({ Subscribed: {} })
    asker.socket.send(JSON.stringify({ Request: { ref: 1, subject: 'slow', message: '', timeout: 60_000 } }))
    expect(await server.socket.json()).toMatchObject({ Message: { subject: 'slow' } })
    kill(command.pidOf(server.relay))
    expect(await asker.socket.json()).toMatchObject({ Error: { ref: 1, code: 'no_responders' } })
    asker.socket.send(JSON.stringify({ Subscribe: { ref: 2, subject: 'slow', serve: true } }))
    expect(await asker.socket.json()).toMatchObject({ Subscribed: { ref: 2 } })
  })

  it('leaves no socket behind, and can no longer be reached by its id', async () => {
    const command = await open(2)
    const { relay } = await openRawClient(command)
    kill(command.pidOf(relay))
    await expect.poll(() => command.leftovers().filter((name) => name.includes(relay))).toEqual([])
    for (let i = 0; i < 4; i++) expect((await openRawClient(command, `?relay=${relay}`)).relay).not.toBe(relay)
  })

  it('leaves no client hanging that connects at that moment', async () => {
    const command = await open(2)
    // Each on a connection of its own.
    const ask = (): Promise<{ readonly relay: string }> =>
      fetch(`http://${command.address}/healthz`, { headers: { connection: 'close' } }).then((answer) => answer.json())
    const bothAreThere = async (): Promise<boolean> => {
      const { relay } = await ask()
      return relay !== (await ask()).relay
    }
    for (let round = 0; round < 2; round++) {
      await expect.poll(() => bothAreThere().catch(String)).toBe(true)
      kill(command.pids('relay')[0] as number)
      // A client whose request was already read is cut off, as with any server.
      const answers = await Promise.allSettled(Array.from({ length: 40 }, ask))
      expect(answers.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0)
    }
  })

  it('is replaced each time, even if all workers are killed at once', async () => {
    const command = await open(2)
    const client = await clientOf(command)
    const received = await collectMessages(client, 'n')
    for (let round = 0; round < 2; round++) {
      const before = command.pids('relay')
      before.forEach(kill)
      await expect.poll(() => before.some(isRunning)).toBe(false)
      await expect.poll(() => command.pids('relay').length).toBe(2)
    }
    await expect.poll(() => client.publish('n', 'here').catch(String)).toBe('confirmed')
    await expect.poll(() => received).toContain('here')
    expect(command.log()).toContain('worker 1 is started again now: it ended (SIGKILL)')
  })
})

describe('the memory process', () => {
  it('is replaced when it is killed, and every subscription gets a gap', async () => {
    const command = await open(2)
    const clients = [await clientOf(command), await clientOf(command)]
    const received = await Promise.all(clients.map((client) => collectMessages(client, 'n')))
    const [before] = command.pids('memory') as [number]
    kill(before)
    for (const one of received) await expect.poll(() => one).toEqual(['gap'])
    for (const client of clients) await client.publish('n', 'after')
    for (const one of received) await expect.poll(() => one).toEqual(['gap', 'after', 'after'])
    expect(command.pids('memory')).toHaveLength(1)
    expect(command.pids('memory')).not.toContain(before)
    expect(clients.map(({ status }) => status.state)).toEqual(['online', 'online'])
    const ready = await fetch(`http://${command.address}/readyz`)
    expect(ready.status).toBe(200)
  })
})
