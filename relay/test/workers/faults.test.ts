import { describe, expect, it } from 'vitest'
import { lives } from '../servers/processes.js'
import { type Crew, clientOf, guest, hearing, relayOf, startCrew } from './crew.js'

const open = (workers: number): Promise<Crew> => startCrew(['gateway', '-p', '0', '--workers', String(workers)])
const kill = (pid: number): void => void process.kill(pid, 'SIGKILL')

describe('a worker that is killed', () => {
  it('is replaced, its clients come back by themselves with the gap told, and the others notice nothing', async () => {
    const crew = await open(3)
    const clients = await Promise.all(Array.from({ length: 6 }, () => clientOf(crew)))
    const heard = await Promise.all(clients.map((client) => hearing(client, 'n')))
    const statuses = clients.map((client) => {
      const all: string[] = []
      client.onStatus(({ state }) => all.push(state))
      return all
    })
    const relays = clients.map(relayOf)
    const pid = crew.pidOf(relays[0] as string)
    const all = [...clients.keys()]
    const [lost, others] = [all.filter((i) => relays[i] === relays[0]), all.filter((i) => relays[i] !== relays[0])]
    expect(others).not.toEqual([])
    kill(pid)
    await expect.poll(() => statuses[0]).toContain('waiting')
    // While it is away, and when it is back.
    await clients[others[0] as number]?.publish('n', 'meanwhile')
    await expect.poll(() => crew.pids('relay').filter((one) => one !== pid).length).toBe(3)
    for (const i of lost) await expect.poll(() => heard[i]).toContain('gap')
    const after = Array.from({ length: 100 }, (_, i) => `after ${i}`)
    await Promise.all(after.map((text) => clients[0]?.publish('n', text)))
    for (const i of lost) {
      // One that was back at once has heard what was said meanwhile, too.
      await expect.poll(() => heard[i]?.slice(-100)).toEqual(after)
      expect(heard[i]?.filter((text) => text === 'gap')).toHaveLength(1)
    }
    for (const i of others) await expect.poll(() => heard[i]).toEqual(['meanwhile', ...after])
    for (const i of others) expect(statuses[i]?.filter((state) => state !== 'online')).toEqual([])
  })

  it('frees the subject that one of its clients served: whoever asked is told at once', async () => {
    const crew = await open(2)
    const [server, asker] = [await guest(crew), await guest(crew)]
    server.socket.send(JSON.stringify({ Subscribe: { ref: 1, subject: 'slow', serve: true } }))
    expect(await server.socket.json()).toMatchObject({ Subscribed: {} })
    asker.socket.send(JSON.stringify({ Request: { ref: 1, subject: 'slow', message: '', timeout: 60_000 } }))
    expect(await server.socket.json()).toMatchObject({ Message: { subject: 'slow' } })
    kill(crew.pidOf(server.relay))
    expect(await asker.socket.json()).toMatchObject({ Error: { ref: 1, code: 'no_responders' } })
    asker.socket.send(JSON.stringify({ Subscribe: { ref: 2, subject: 'slow', serve: true } }))
    expect(await asker.socket.json()).toMatchObject({ Subscribed: { ref: 2 } })
  })

  it('takes its door along, and is not found by its id any more', async () => {
    const crew = await open(2)
    const { relay } = await guest(crew)
    kill(crew.pidOf(relay))
    await expect.poll(() => crew.leftovers().filter((name) => name.includes(relay))).toEqual([])
    for (let i = 0; i < 4; i++) expect((await guest(crew, `?relay=${relay}`)).relay).not.toBe(relay)
  })

  it('leaves nobody hanging who comes at that moment', async () => {
    const crew = await open(2)
    // Each over a connection of its own.
    const ask = (): Promise<{ readonly relay: string }> =>
      fetch(`http://${crew.address}/healthz`, { headers: { connection: 'close' } }).then((answer) => answer.json())
    const bothAreThere = async (): Promise<boolean> => {
      const { relay } = await ask()
      return relay !== (await ask()).relay
    }
    for (let round = 0; round < 2; round++) {
      await expect.poll(() => bothAreThere().catch(String)).toBe(true)
      kill(crew.pids('relay')[0] as number)
      // One whose request was read already is cut off, as it would be anywhere.
      const answers = await Promise.allSettled(Array.from({ length: 40 }, ask))
      expect(answers.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0)
    }
  })

  it('is replaced as often as it takes, also when all of them are killed at once', async () => {
    const crew = await open(2)
    const client = await clientOf(crew)
    const heard = await hearing(client, 'n')
    for (let round = 0; round < 2; round++) {
      const before = crew.pids('relay')
      before.forEach(kill)
      await expect.poll(() => before.some(lives)).toBe(false)
      await expect.poll(() => crew.pids('relay').length).toBe(2)
    }
    await expect.poll(() => client.publish('n', 'here').catch(String)).toBe('confirmed')
    await expect.poll(() => heard).toContain('here')
    expect(crew.log()).toContain('worker 1 is started again now: it ended (SIGKILL)')
  })
})

describe('the memory process', () => {
  it('is replaced when it is killed, and every subscription is told of the gap', async () => {
    const crew = await open(2)
    const clients = [await clientOf(crew), await clientOf(crew)]
    const heard = await Promise.all(clients.map((client) => hearing(client, 'n')))
    const [before] = crew.pids('memory') as [number]
    kill(before)
    for (const one of heard) await expect.poll(() => one).toEqual(['gap'])
    for (const client of clients) await client.publish('n', 'after')
    for (const one of heard) await expect.poll(() => one).toEqual(['gap', 'after', 'after'])
    expect(crew.pids('memory')).toHaveLength(1)
    expect(crew.pids('memory')).not.toContain(before)
    expect(clients.map(({ status }) => status.state)).toEqual(['online', 'online'])
    const ready = await fetch(`http://${crew.address}/readyz`)
    expect(ready.status).toBe(200)
  })
})
