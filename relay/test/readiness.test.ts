import { mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { parsePattern, WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { scriptedBroker } from '../src/testing/scripted-broker.js'
import { folderWith, portsOf, start } from './command.js'
import { startRelay } from './start-relay.js'

interface Ready {
  readonly status: number
  readonly text: string
}

async function readyz(port: number, query = ''): Promise<Ready> {
  const response = await fetch(`http://127.0.0.1:${port}/readyz${query}`)
  return { status: response.status, text: await response.text() }
}

/** A port on which no process listens. */
async function deadPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { readonly port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

describe('a bridge', () => {
  async function bridged() {
    const [main, sensors] = [scriptedBroker(), scriptedBroker()]
    sensors.hold()
    const bridges = [{ from: { broker: 'sensors', pattern: parsePattern('temp.**') }, to: 'main' }]
    const { port } = await startRelay({ brokers: { main: main.open, sensors: sensors.open }, bridges })
    return { port, sensors }
  }

  it('must be confirmed before the relay is ready', async () => {
    const { port, sensors } = await bridged()
    const before = await readyz(port)
    expect(before.status).toBe(503)
    expect(before.text).toContain('"name":"bridge sensors:temp.** to main","status":"down"')
    expect((await readyz(port, '?broker=sensors')).status).toBe(200)
    sensors.confirm()
    await expect.poll(async () => (await readyz(port)).status).toBe(200)
  })

  it('that is refused or ended by its broker is reported with the reason', async () => {
    const { port, sensors } = await bridged()
    sensors.refuse(new WildcastError('forbidden', 'not for you'))
    await expect.poll(() => readyz(port)).toMatchObject({ status: 503, text: expect.stringContaining('not for you') })
    const other = await bridged()
    other.sensors.confirm()
    await expect.poll(async () => (await readyz(other.port)).status).toBe(200)
    other.sensors.end('temp.**', new WildcastError('forbidden', 'no longer'))
    expect(await readyz(other.port)).toMatchObject({ status: 503, text: expect.stringContaining('no longer') })
  })
})

describe('a component', () => {
  const toml = (more = ''): string =>
    'port = 0\nbrokers.main.type = "memory"\n' +
    `${more}[[component]]\nid = "one"\nsource = "one.mjs"\ntrigger.subscription.Topic.topic = "a"\n`

  it.each([
    ['in one process', ''],
    ['with workers', 'workers = 2\n'],
  ])('that has ended is reported with the reason until it runs again: %s', async (_, more) => {
    const cwd = await folderWith(
      'wildcast.toml',
      toml(more).replace('brokers.main.type = "memory"\nworkers = 2\n', 'workers = 2\nbrokers.main.type = "memory"\n'),
    )
    const good = 'export default () => {}'
    // It can be reloaded only after a file is removed.
    const source = `import { existsSync } from 'node:fs'
      if (existsSync(${JSON.stringify(path.join(cwd, 'stop'))})) throw new Error('the file is there')
      export default () => process.exit()`
    await writeFile(path.join(cwd, 'one.mjs'), source)
    const child = start(['up'], { cwd })
    const [port = 0] = await portsOf(child, 1)
    await expect.poll(async () => (await readyz(port)).status).toBe(200)
    await mkdir(path.join(cwd, 'stop'))
    await fetch(`http://127.0.0.1:${port}/publish/a`, { method: 'POST' })
    await expect
      .poll(() => readyz(port))
      .toMatchObject({
        status: 503,
        text: expect.stringMatching(/"name":"component \\"one\\"","status":"down".*the file is there/),
      })
    expect((await readyz(port, '?broker=main')).status).toBe(200)
    await writeFile(path.join(cwd, 'one.mjs'), good)
    await rm(path.join(cwd, 'stop'), { recursive: true })
    await expect.poll(async () => (await readyz(port)).status).toBe(200)
  })

  it('that is being loaded is reported', async () => {
    const port = await deadPort()
    const cwd = await folderWith('wildcast.toml', toml().replace('port = 0', `port = ${port}`))
    await writeFile(
      path.join(cwd, 'one.mjs'),
      `import { existsSync } from 'node:fs'
      while (!existsSync(${JSON.stringify(path.join(cwd, 'go'))}))
        await new Promise((resolve) => setTimeout(resolve, 10))
      export default () => {}`,
    )
    const child = start(['up'], { cwd })
    await expect
      .poll(() => readyz(port).catch(() => undefined))
      .toMatchObject({ status: 503, text: expect.stringContaining('it is being loaded') })
    await mkdir(path.join(cwd, 'go'))
    await portsOf(child, 1)
    await expect.poll(async () => (await readyz(port)).status).toBe(200)
  })

  it('whose broker is not reached is reported, with the broker, on ports of other brokers', async () => {
    const away = await deadPort()
    const cwd = await folderWith(
      'spin.toml',
      `[trigger]
[trigger.brokers.main]
broker_type = "InMemoryBroker"
gateway.Http = { port = 0 }
[trigger.brokers.second]
broker_type = "InMemoryBroker"
gateway.Http = { port = 0 }
[trigger.brokers.inner]
broker_type = { Redis = "redis://127.0.0.1:${away}" }
[[component]]
id = "one"
source = "one.mjs"
trigger = { broker = "inner", subscription.Topic.topic = "a" }
`,
    )
    await writeFile(path.join(cwd, 'one.mjs'), 'export default () => {}')
    for (const port of await portsOf(start(['up'], { cwd }), 2)) {
      const { status, text } = await readyz(port)
      expect(status).toBe(503)
      expect(text).toMatch(/"name":"broker \\"inner\\"","status":"down","cause":"Redis at \S+ refused the connection/)
      expect(text).toContain('"name":"component \\"one\\"","status":"down"')
    }
  })
})

it('the brokers of a port must be reached, and not those of other ports', async () => {
  const away = await deadPort()
  const cwd = await folderWith(
    'spin.toml',
    `[trigger]
[trigger.brokers.main]
broker_type = "InMemoryBroker"
gateway.Http = { port = 0 }
[trigger.brokers.second]
broker_type = { Redis = "redis://127.0.0.1:${away}" }
gateway.Http = { port = 0 }
`,
  )
  const [first = 0, second = 0] = await portsOf(start(['up'], { cwd }), 2)
  expect((await readyz(first)).status).toBe(200)
  expect(await readyz(second)).toMatchObject({ status: 503, text: expect.stringContaining('"name":"second"') })
})
