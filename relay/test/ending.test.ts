import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { newId, realClock, redis } from '../src/index.js'
import { folderWith, portsOf, says, start } from './command.js'
import { endsWithTest } from './servers/ends-with-test.js'
import { freePort } from './servers/free-port.js'
import { startRedis } from './servers/redis.js'
import { connect, type Socket } from './socket.js'
import { startRelay } from './start-relay.js'

const framesOf = ({ waiting }: Socket): Record<string, { ref: number; message: string }>[] =>
  waiting.map((text) => JSON.parse(String(text)))

async function onRedis(url: string): Promise<{ readonly child: ChildProcess; readonly client: Socket }> {
  const child = start(['gateway', '-p', '0', '-b', `Redis=${url}`])
  const address = `127.0.0.1:${(await portsOf(child, 1))[0]}`
  await expect.poll(() => fetch(`http://${address}/readyz`).then(({ status }) => status)).toBe(200)
  return { child, client: await connect(`ws://${address}/ws`, 'wildcast.v1+json') }
}

describe('a relay that shuts down', () => {
  it('first publishes all acknowledged messages (N5)', async () => {
    const { url } = endsWithTest(await startRedis())
    const other = await startRelay({ brokers: { main: redis({ url }, { clock: realClock, newId }) } })
    const listener = await connect(`ws://${other.address}/ws`, 'wildcast.v1+json')
    listener.send('{"Subscribe":"a"}')
    await listener.next()
    const { child, client } = await onRedis(url)
    const exit = once(child, 'exit')
    for (let ref = 0; ref < 5000; ref++) {
      if (ref === 2500) child.kill('SIGTERM')
      client.send(JSON.stringify({ Publish: { ref, subject: 'a', message: `${ref}` } }))
    }
    expect((await client.closed).code).toBe(4410)
    expect(await exit).toEqual([0, null])
    const acknowledged = framesOf(client).flatMap(({ Ack }) => Ack?.ref ?? [])
    expect(acknowledged).toEqual([...acknowledged.keys()])
    const received = (): number[] =>
      framesOf(listener).flatMap(({ Message }) => (Message ? Number(Message.message) : []))
    await expect.poll(() => received().length).toBeGreaterThanOrEqual(acknowledged.length)
    expect(received()).toEqual([...received().keys()])
  })

  it('exits with 0 although its broker does not answer (N5)', async () => {
    const server = endsWithTest(await startRedis())
    const { child, client } = await onRedis(server.url)
    await server.pause()
    client.send(JSON.stringify({ Publish: { ref: 1, subject: 'a', message: '' } }))
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    expect((await client.closed).code).toBe(4410)
    expect(await exit).toEqual([0, null])
  })

  it('reports nothing about brokers that were never reached, which it closes', async () => {
    const toml = `port = 0
      [brokers.main]
      type = "redis"
      url = "redis://127.0.0.1:${await freePort()}"
      [brokers.other]
      type = "memory"
      [[bridge]]
      from = "main:a"
      to = "other"
      [[component]]
      id = "one"
      source = "one.mjs"
      trigger.subscription.Topic.topic = "a"
      [auth]`
    const cwd = await folderWith('wildcast.toml', toml)
    await writeFile(path.join(cwd, 'one.mjs'), 'export default () => {}')
    const child = start(['up'], { cwd })
    let log = ''
    child.stderr?.on('data', (chunk) => {
      log += String(chunk)
    })
    await portsOf(child, 1)
    await expect.poll(() => log).toContain('refused the connection')
    const exit = once(child, 'exit')
    child.kill('SIGINT')
    expect(await exit).toEqual([0, null])
    expect(log.trim().split('\n')).toHaveLength(1)
  })

  describe.each(['1', '2'])('while it starts, with %s worker(s)', (workers) => {
    /** Its component waits for a file while it is loaded. */
    async function starting(): Promise<{ readonly child: ChildProcess; go(): Promise<void> }> {
      const component = '[[component]]\nid = "one"\nsource = "one.mjs"\ntrigger.subscription.Topic.topic = "a"\n'
      const toml = `port = 0\nworkers = ${workers}\nbrokers.main.type = "memory"\n${component}`
      const cwd = await folderWith('wildcast.toml', toml)
      await writeFile(
        path.join(cwd, 'one.mjs'),
        `import { existsSync, writeSync } from 'node:fs'
        writeSync(2, 'loading\\n')
        while (!existsSync(${JSON.stringify(path.join(cwd, 'go'))}))
          await new Promise((resolve) => setTimeout(resolve, 10))
        export default () => {}`,
      )
      const child = start(['up'], { cwd })
      await says(child.stderr, /loading/)
      return { child, go: () => writeFile(path.join(cwd, 'go'), '') }
    }

    it('closes in good order when it has started (N5)', async () => {
      const { child, go } = await starting()
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      await go()
      expect(await exit).toEqual([0, null])
    })

    it('exits at once on the second signal (N5)', async () => {
      const { child } = await starting()
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      child.kill('SIGINT')
      expect(await exit).toEqual([1, null])
    })
  })
})

it('a relay with a heap of 128 MB serves others while many subscribers do not read a flood (N13)', async () => {
  const child = start(['gateway', '-p', '0', '-w', 'json'], { env: { NODE_OPTIONS: '--max-old-space-size=128' } })
  const address = `127.0.0.1:${(await portsOf(child, 1))[0]}`
  const open = async (pattern: string): Promise<Socket> => {
    const socket = await connect(`ws://${address}/ws`, 'wildcast.v1+json')
    socket.send(JSON.stringify({ Subscribe: pattern }))
    await socket.next()
    return socket
  }
  // Each has its own subject, so that nothing is shared.
  const readers = await Promise.all(Array.from({ length: 40 }, (_, i) => open(`flood.${i}`)))
  for (const { ws } of readers) ws.pause()
  const publisher = await connect(`ws://${address}/ws`, 'wildcast.v1+json')
  const message = 'x'.repeat(256 * 1024)
  // 400 MB.
  for (let n = 0; n < 1600; n++) {
    publisher.send(JSON.stringify({ Publish: { ref: n, subject: `flood.${n % readers.length}`, message } }))
    expect(await publisher.json()).toMatchObject({ Ack: { ref: n } })
  }
  const reader = await open('quiet')
  publisher.send(JSON.stringify({ Publish: { ref: 0, subject: 'quiet', message: 'here' } }))
  expect(await reader.json()).toMatchObject({ Message: { message: 'here' } })
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  expect(await exit).toEqual([0, null])
})
