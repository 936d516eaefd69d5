import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderWith, run } from '../command.js'
import { type Crew, clientOf, guest, hearing, startCrew } from './crew.js'

const toml = (more = ''): string => `port = 0
host = "127.0.0.1"
workers = 2
brokers.main.type = "memory"
${more}`

const echo = `[[component]]
id = "echo"
source = "echo.mjs"
trigger.subscription.Topic.topic = "say"
`
const says = (word: string): string => `export default () => ({ subject: 'said', message: '${word}' })`

async function project(
  more = echo,
): Promise<{ readonly cwd: string; write(name: string, text: string): Promise<void> }> {
  const cwd = await folderWith('echo.mjs', says('old'))
  const write = (name: string, text: string): Promise<void> => writeFile(path.join(cwd, name), text)
  await write('wildcast.toml', toml(more))
  return { cwd, write }
}

/** It looks for the relay in the same temporary folder. */
const reload = ({ temporary }: Crew, cwd: string) => run(['reload'], { cwd, env: { TMPDIR: temporary } })

describe('wildcast reload', () => {
  it('replaces all workers, and loads components again, with what files say now', async () => {
    const { cwd, write } = await project()
    const crew = await startCrew(['up'], { cwd })
    const before = crew.pids('relay')
    const client = await clientOf(crew)
    const said = await hearing(client, 'said')
    await expect.poll(() => client.publish('say').then(() => said.at(-1))).toBe('old')
    await write('echo.mjs', says('new'))
    await write('wildcast.toml', toml(`static = "."\n${echo}`))
    expect(await reload(crew, cwd)).toEqual({
      code: 0,
      out: 'the components are loaded again\n2 workers are replaced\n',
      err: '',
    })
    await expect.poll(() => client.publish('say').then(() => said.at(-1), String)).toBe('new')
    for (let i = 0; i < 2; i++)
      expect((await fetch(`http://${crew.address}/echo.mjs`, { headers: { connection: 'close' } })).status).toBe(200)
    const after = crew.pids('relay')
    expect(after).toHaveLength(3)
    // That of the components has stayed.
    expect(after.filter((pid) => before.includes(pid))).toHaveLength(1)
    expect(crew.pids('memory')).toHaveLength(1)
    await write('wildcast.toml', toml(`${echo}config.word = "x"\n`))
    expect((await reload(crew, cwd)).out).toBe('the process of the components is replaced\n2 workers are replaced\n')
    expect(crew.pids('relay').filter((pid) => after.includes(pid))).toEqual([])
    await expect.poll(() => client.publish('say').then(() => said.at(-1), String)).toBe('new')
  })

  it('refuses a configuration that is not valid, says where, and goes on as before', async () => {
    const { cwd, write } = await project()
    const crew = await startCrew(['up'], { cwd })
    const before = crew.pids('relay')
    for (const [name, text, why] of [
      ['wildcast.toml', toml('colour = "red"'), 'colour'],
      ['wildcast.toml', toml(`${echo}\n`).replace('echo.mjs', 'away.mjs'), 'names a file that does not exist'],
    ] as const) {
      await write(name, text)
      const { code, out, err } = await reload(crew, cwd)
      expect([code, out]).toEqual([1, ''])
      expect(err).toContain(why)
      expect(err).toContain('the relay continues as before')
      expect(crew.log()).toContain(why)
    }
    await write('wildcast.toml', toml(echo))
    await write('echo.mjs', 'export const nothing = 1')
    expect(await reload(crew, cwd)).toMatchObject({ code: 1, err: expect.stringContaining('component "echo"') })
    expect(crew.pids('relay')).toEqual(before)
    await expect(clientOf(crew).then((client) => client.publish('a'))).resolves.toBe('confirmed')
  })

  it('changes how many workers there are, and what brokers, but names the ports that need a restart', async () => {
    const { cwd, write } = await project('')
    const crew = await startCrew(['up'], { cwd })
    await write(
      'wildcast.toml',
      `${toml().replace('port = 0', 'port = 1').replace('workers = 2', 'workers = 3')}
      brokers.second.type = "memory"`,
    )
    expect(await reload(crew, cwd)).toEqual({
      code: 0,
      out: '3 workers are replaced\nrestart to change the ports and their options\n',
      err: '',
    })
    expect(crew.pids('relay')).toHaveLength(3)
    const clients = [await clientOf(crew), await clientOf(crew), await clientOf(crew)]
    const heard = await Promise.all(clients.map((client) => hearing(client.broker('second') as never, 'n')))
    await clients[0]?.broker('second').publish('n', 'here')
    for (const one of heard) await expect.poll(() => one).toEqual(['here'])
    await write('wildcast.toml', toml().replace('workers = 2', 'workers = 1'))
    expect(await reload(crew, cwd)).toMatchObject({ code: 0, out: 'the worker is replaced\n' })
    expect(crew.pids('relay')).toHaveLength(1)
    const exit = once(crew.primary, 'exit')
    crew.primary.kill('SIGTERM')
    expect(await exit).toEqual([0, null])
  })

  it('brings the clients of a worker that goes to others, which keep theirs', async () => {
    const crew = await startCrew(['gateway', '-p', '0', '--workers', '2'])
    const guests = [await guest(crew), await guest(crew)]
    crew.primary.kill('SIGHUP')
    const [first, second] = guests.map(({ socket }) => socket)
    expect(await first?.json()).toMatchObject({ GoingAway: {} })
    expect((await first?.closed)?.code).toBe(4410)
    // It is the turn of one that stays, or of one that is new: never of the one that goes.
    expect((await guest(crew)).relay).not.toBe(guests[0]?.relay)
    expect(await second?.json()).toMatchObject({ GoingAway: {} })
    await expect.poll(() => crew.log()).toContain('2 workers are replaced')
  })

  it('ends in good order when a signal to end comes in the midst of it', async () => {
    const crew = await startCrew(['gateway', '-p', '0', '--workers', '3'])
    const { socket } = await guest(crew)
    const exit = once(crew.primary, 'exit')
    crew.primary.kill('SIGHUP')
    await socket.closed
    crew.primary.kill('SIGTERM')
    expect(await exit).toEqual([0, null])
    expect(crew.leftovers()).toEqual([])
  })

  it('exits with 1 if no relay runs the configuration', async () => {
    const { cwd } = await project()
    expect(await run(['reload'], { cwd })).toEqual({
      code: 1,
      out: '',
      err: 'no relay of this user runs wildcast.toml here; start one with "wildcast up", or send it SIGHUP\n',
    })
    await rm(path.join(cwd, 'wildcast.toml'))
    expect((await run(['reload'], { cwd })).code).toBe(1)
  })
})
