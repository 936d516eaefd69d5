import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderWith, run } from '../command.js'
import { clientOf, collectMessages, openRawClient, startWorkers, type WorkersCommand } from './start-workers.js'

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
const publishes = (word: string): string => `export default () => ({ subject: 'answers', message: '${word}' })`

async function project(
  more = echo,
): Promise<{ readonly cwd: string; write(name: string, text: string): Promise<void> }> {
  const cwd = await folderWith('echo.mjs', publishes('old'))
  const write = (name: string, text: string): Promise<void> => writeFile(path.join(cwd, name), text)
  await write('wildcast.toml', toml(more))
  return { cwd, write }
}

/** Runs it with the temporary folder of the relay. */
const reload = ({ temporary }: WorkersCommand, cwd: string) => run(['reload'], { cwd, env: { TMPDIR: temporary } })

describe('wildcast reload', () => {
  it('replaces all workers, and reloads components, with the new contents of the files', async () => {
    const { cwd, write } = await project()
    const command = await startWorkers(['up'], { cwd })
    const before = command.pids('relay')
    const client = await clientOf(command)
    const answers = await collectMessages(client, 'answers')
    await expect.poll(() => client.publish('say').then(() => answers.at(-1))).toBe('old')
    await write('echo.mjs', publishes('new'))
    await write('wildcast.toml', toml(`static = "."\n${echo}`))
    expect(await reload(command, cwd)).toEqual({
      code: 0,
      out: 'the components are loaded again\n2 workers are replaced\n',
      err: '',
    })
    await expect.poll(() => client.publish('say').then(() => answers.at(-1), String)).toBe('new')
    for (let i = 0; i < 2; i++)
      expect((await fetch(`http://${command.address}/echo.mjs`, { headers: { connection: 'close' } })).status).toBe(200)
    const after = command.pids('relay')
    expect(after).toHaveLength(3)
    // The process of the components has stayed.
    expect(after.filter((pid) => before.includes(pid))).toHaveLength(1)
    expect(command.pids('memory')).toHaveLength(1)
    await write('wildcast.toml', toml(`${echo}config.word = "x"\n`))
    expect((await reload(command, cwd)).out).toBe('the process of the components is replaced\n2 workers are replaced\n')
    expect(command.pids('relay').filter((pid) => after.includes(pid))).toEqual([])
    await expect.poll(() => client.publish('say').then(() => answers.at(-1), String)).toBe('new')
  })

  it('rejects an invalid configuration, reports its errors, and continues as before', async () => {
    const { cwd, write } = await project()
    const command = await startWorkers(['up'], { cwd })
    const before = command.pids('relay')
    for (const [name, text, why] of [
      ['wildcast.toml', toml('colour = "red"'), 'colour'],
      ['wildcast.toml', toml(`${echo}\n`).replace('echo.mjs', 'away.mjs'), 'names a file that does not exist'],
    ] as const) {
      await write(name, text)
      const { code, out, err } = await reload(command, cwd)
      expect({ code, out }).toEqual({ code: 1, out: '' })
      expect(err).toContain(why)
      expect(err).toContain('the relay continues as before')
      expect(command.log()).toContain(why)
    }
    await write('wildcast.toml', toml(echo))
    await write('echo.mjs', 'export const nothing = 1')
    expect(await reload(command, cwd)).toMatchObject({ code: 1, err: expect.stringContaining('component "echo"') })
    expect(command.pids('relay')).toEqual(before)
    await expect(clientOf(command).then((client) => client.publish('a'))).resolves.toBe('confirmed')
  })

  it('changes the number of workers and the brokers, and reports that the ports need a restart', async () => {
    const { cwd, write } = await project('')
    const command = await startWorkers(['up'], { cwd })
    await write(
      'wildcast.toml',
      `${toml().replace('port = 0', 'port = 1').replace('workers = 2', 'workers = 3')}
      brokers.second.type = "memory"`,
    )
    expect(await reload(command, cwd)).toEqual({
      code: 0,
      out: '3 workers are replaced\nrestart to change the ports and their options\n',
      err: '',
    })
    expect(command.pids('relay')).toHaveLength(3)
    const clients = [await clientOf(command), await clientOf(command), await clientOf(command)]
    const received = await Promise.all(clients.map((client) => collectMessages(client.broker('second') as never, 'n')))
    await clients[0]?.broker('second').publish('n', 'here')
    for (const one of received) await expect.poll(() => one).toEqual(['here'])
    await write('wildcast.toml', toml().replace('workers = 2', 'workers = 1'))
    expect(await reload(command, cwd)).toMatchObject({ code: 0, out: 'the worker is replaced\n' })
    expect(command.pids('relay')).toHaveLength(1)
    const exit = once(command.primary, 'exit')
    command.primary.kill('SIGTERM')
    expect(await exit).toEqual([0, null])
  })

  it('moves the clients of a worker that ends to others, which keep their own clients', async () => {
    const command = await startWorkers(['gateway', '-p', '0', '--workers', '2'])
    const clients = [await openRawClient(command), await openRawClient(command)]
    command.primary.kill('SIGHUP')
    const [first, second] = clients.map(({ socket }) => socket)
    expect(await first?.json()).toMatchObject({ GoingAway: {} })
    expect((await first?.closed)?.code).toBe(4410)
    // The next worker stays or is new: it is never the one that ends.
    expect((await openRawClient(command)).relay).not.toBe(clients[0]?.relay)
    expect(await second?.json()).toMatchObject({ GoingAway: {} })
    await expect.poll(() => command.log()).toContain('2 workers are replaced')
  })

  it('closes in good order if a signal comes in the middle of it', async () => {
    const command = await startWorkers(['gateway', '-p', '0', '--workers', '3'])
    const { socket } = await openRawClient(command)
    const exit = once(command.primary, 'exit')
    command.primary.kill('SIGHUP')
    await socket.closed
    command.primary.kill('SIGTERM')
    expect(await exit).toEqual([0, null])
    expect(command.leftovers()).toEqual([])
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
