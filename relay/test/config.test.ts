// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a configuration
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createClient } from '@wildcast/client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { folderWith, portsOf, run, says, start, wildcast } from './command.js'
import { startRelay } from './start-relay.js'

// The commands with a configuration.

const twoBrokers = `port = 0
host = "127.0.0.1"
default = "main"
[brokers.sensors]
type = "memory"
[brokers.main]
type = "memory"
[[bridge]]
from = "sensors:temp.**"
to = "main"
`

const original = `spin_manifest_version = "1"
name = "two-gateways"
[trigger]
type = "message"
[trigger.brokers.test]
broker_type = "InMemoryBroker"
[trigger.brokers.test.gateway.Http]
port = 0
websockets = "Json"
[trigger.brokers.secondary]
broker_type = "InMemoryBroker"
[trigger.brokers.secondary.gateway.Http]
port = 0
[[component]]
id = "hello"
`

describe('wildcast check', () => {
  it('describes what a configuration would open', async () => {
    const cwd = await folderWith('wildcast.toml', twoBrokers.replace('port = 0', 'port = 3_015'))
    expect(await run(['check'], { cwd })).toEqual({
      code: 0,
      out: 'wildcast.toml is fine: 2 brokers (main: memory, sensors: memory), 1 gateway on 3015, 1 bridge\n',
      err: '',
    })
  })

  it('reads a spin.toml, and names the components that are not run', async () => {
    const cwd = await folderWith('spin.toml', original)
    expect(await run(['check'], { cwd })).toEqual({
      code: 0,
      out: 'spin.toml is fine: 2 brokers (test: memory, secondary: memory), 2 gateways on a free port, a free port\n',
      err: 'component "hello" is not run: name a module of JavaScript or TypeScript\n',
    })
  })

  it('names every error, and exits with 2', async () => {
    const cwd = await folderWith('a.toml', 'prt = 1\n[brokers.main]\ntype = "kafka"\n')
    const problems =
      'a.toml:1: unknown key "prt"; did you mean "port"?\n' +
      'a.toml:3: "type" in [brokers.main] must be a known type of broker: memory, redis, nats, mqtt\n'
    expect(await run(['check', '--config', 'a.toml'], { cwd })).toEqual({ code: 2, out: '', err: problems })
    expect(await run(['check'], { cwd, env: { WILDCAST_CONFIG: 'a.toml' } })).toMatchObject({ code: 2, err: problems })
  })

  it('reads variables from the environment', async () => {
    const cwd = await folderWith('wildcast.toml', 'port = "${PORT}"\nbrokers.main.type = "memory"\n')
    expect((await run(['check'], { cwd, env: { PORT: '4000' } })).out).toContain('1 gateway on 4000')
    expect(await run(['check'], { cwd })).toMatchObject({ code: 2, err: expect.stringContaining('PORT') })
  })

  it('names the file if it does not exist', async () => {
    const cwd = await folderWith('other.txt', '')
    expect(await run(['check'], { cwd })).toEqual({
      code: 2,
      out: '',
      err: 'wildcast.toml: there is no such file; create it, or name another with --config\n',
    })
  })
})

describe('wildcast up', () => {
  it('opens all brokers on one port, with bridges between them, and closes in good order on SIGINT', async () => {
    const child = start(['up'], { cwd: await folderWith('wildcast.toml', twoBrokers) })
    const [port] = await portsOf(child, 1)
    const client = createClient({ url: `ws://127.0.0.1:${port}`, WebSocket })
    onTestFinished(() => client.close())
    const seen: string[] = []
    await new Promise<void>((resolve) => {
      client.subscribe('temp.*', (message) => seen.push(`${message.broker} ${message.text()}`), {
        onStatus: (status) => status === 'ready' && resolve(),
      })
    })
    await client.broker('sensors').publish('temp.kitchen', '21')
    await expect.poll(() => seen).toEqual(['main 21'])
    expect(client.welcome?.brokers.map(({ name, default: first }) => [name, first])).toEqual([
      ['main', true],
      ['sensors', false],
    ])
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it('listens on --port, else on PORT, else on the configured port', async () => {
    const taken = await startRelay()
    const toml = twoBrokers.replace('port = 0', `port = ${taken.port}`)
    const cwd = await folderWith('wildcast.toml', toml)
    const env = { PORT: '0' }
    expect((await portsOf(start(['up'], { cwd, env }), 1))[0]).not.toBe(taken.port)
    expect(await run(['up', '--port', String(taken.port)], { cwd, env })).toMatchObject({
      code: 1,
      err: `port ${taken.port} is in use; choose another with --port or PORT\n`,
    })
  })

  it('serves the files of --static', async () => {
    const cwd = await folderWith('wildcast.toml', twoBrokers)
    await writeFile(path.join(cwd, 'index.html'), 'the page')
    const [port] = await portsOf(start(['up', '--static', '.'], { cwd }), 1)
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('the page')
    expect(await run(['up', '--static', 'nowhere'], { cwd })).toMatchObject({ code: 2 })
  })

  it("opens each gateway of the original's form on its own port, for its own broker", async () => {
    const child = start(['up', '-c', 'spin.toml'], { cwd: await folderWith('spin.toml', original) })
    const [test, secondary] = await portsOf(child, 2)
    const brokersAt = async (port: number | undefined): Promise<unknown> =>
      (await fetch(`http://127.0.0.1:${port}/healthz`)).json()
    expect(await brokersAt(test)).toMatchObject({ brokers: [{ name: 'test', default: true }] })
    expect(await brokersAt(secondary)).toMatchObject({ brokers: [{ name: 'secondary', default: true }] })
    const socket = new WebSocket(`ws://127.0.0.1:${test}/subscribe/good.*`)
    await once(socket, 'open')
    const message = once(socket, 'message')
    for (const port of [secondary, test])
      await fetch(`http://127.0.0.1:${port}/publish/good.${port}`, { method: 'POST', body: 'hi' })
    expect(JSON.parse(String((await message)[0]))).toMatchObject({ subject: `good.${test}`, broker: 'test' })
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it('runs components, and with --watch reloads them when their file has changed (SP-CMP-7)', async () => {
    const cwd = await folderWith('echo.mjs', "export default () => ({ subject: 'said', message: 'old' })")
    const component = '[[component]]\nid = "echo"\nsource = "echo.mjs"\ntrigger.subscription.Topic.topic = "say"\n'
    const toml = `${twoBrokers}${component}`
    await writeFile(path.join(cwd, 'wildcast.toml'), toml)
    const child = start(['up', '--watch'], { cwd })
    const [port] = await portsOf(child, 1)
    const client = createClient({ url: `ws://127.0.0.1:${port}`, WebSocket })
    onTestFinished(() => client.close())
    const messages: string[] = []
    client.subscribe('said', (message) => messages.push(message.text()))
    const trigger = async (): Promise<string | undefined> => {
      await client.publish('say')
      return messages.at(-1)
    }
    await expect.poll(trigger).toBe('old')
    await writeFile(path.join(cwd, 'echo.mjs'), "export default () => ({ subject: 'said', message: 'new' })")
    await expect.poll(trigger).toBe('new')
    await writeFile(path.join(cwd, 'echo.mjs'), 'export default (')
    await says(child.stderr, /component \\"echo\\": .*echo\.mjs:1: it could not be loaded/)
    expect(await trigger()).toBe('new')
  })

  it('names a component that can not be loaded, and exits with 1', async () => {
    const cwd = await folderWith('bad.mjs', 'export const a = 1')
    const toml = `${twoBrokers}[[component]]\nid = "bad"\nsource = "bad.mjs"\ntrigger.subscription.Topic.topic = "a"\n`
    await writeFile(path.join(cwd, 'wildcast.toml'), toml)
    expect(await run(['up'], { cwd })).toEqual({
      code: 1,
      out: '',
      err: 'component "bad": bad.mjs: it has no default export; write export default defineComponent(…)\n',
    })
  })

  it('reports in one sentence that a port is taken, and leaves nothing open', async () => {
    const { port } = await startRelay()
    const toml = twoBrokers.replace('port = 0', `port = ${port}`)
    expect(await run(['up'], { cwd: await folderWith('wildcast.toml', toml) })).toEqual({
      code: 1,
      out: '',
      err: `port ${port} is in use; choose another in wildcast.toml, or stop what listens there\n`,
    })
  })

  it('reports in one sentence that it can not listen on an address', async () => {
    const toml = twoBrokers.replace('127.0.0.1', 'nowhere.invalid')
    expect(await run(['up'], { cwd: await folderWith('wildcast.toml', toml) })).toEqual({
      code: 1,
      out: '',
      err: '"nowhere.invalid" is not an address of this machine; correct "host" in wildcast.toml\n',
    })
  })

  it('opens nothing if its configuration is invalid, and exits with 2', async () => {
    const cwd = await folderWith('wildcast.json', '{"port": 0}')
    expect(await run(['up'], { cwd })).toEqual({
      code: 2,
      out: '',
      err: 'wildcast.json: "brokers" is missing; add it, such as [brokers.main] with type = "memory"\n',
    })
  })
})

/** The code of the failure, if it fails. */
function attempt(work: () => void): string | undefined {
  try {
    work()
    return undefined
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code
  }
}

describe('wildcast up -- <command>', () => {
  const beside = (code: string): string[] => ['up', '--', process.execPath, '-e', code]

  it('runs the command beside the relay, with its URL, and exits with it and with its code', async () => {
    const cwd = await folderWith('wildcast.toml', twoBrokers)
    const { code, out } = await run(
      beside(
        "fetch(process.env.WILDCAST_URL + '/healthz').then(({ status }) => { console.log(status); process.exit(3) })",
      ),
      { cwd },
    )
    expect(out).toMatch(/^Wildcast is up: .*\n200\n$/)
    expect(code).toBe(3)
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('ends the command on %s', async (signal) => {
    const cwd = await folderWith('wildcast.toml', twoBrokers)
    const child = start(beside('console.log(process.pid); setInterval(() => {}, 1000)'), { cwd })
    const pid = Number(/^\d+$/m.exec(await says(child.stdout, /^\d+$/))?.[0])
    child.kill(signal)
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })

  it('ends with the process that has started it, which may be a shell that forwards no signals', async () => {
    const cwd = await folderWith('wildcast.toml', twoBrokers)
    const code = 'console.log(process.ppid, process.pid); setInterval(() => {}, 1000)'
    const shell = spawn('sh', ['-c', '"$@"; exit 0', 'sh', process.execPath, wildcast, ...beside(code)], { cwd })
    const [relay, command] =
      /^\d+ \d+$/m
        .exec(await says(shell.stdout, /^\d+ \d+$/))?.[0]
        .split(' ')
        .map(Number) ?? []
    shell.kill('SIGTERM')
    for (const pid of [relay, command])
      await expect.poll(() => attempt(() => process.kill(pid as number, 0))).toBe('ESRCH')
  })

  it('names a missing program, and exits with 1', async () => {
    const cwd = await folderWith('wildcast.toml', twoBrokers)
    expect(await run(['up', '--', 'no-such-program'], { cwd })).toMatchObject({
      code: 1,
      err: expect.stringContaining('there is no program "no-such-program"; install it, or correct what follows "--"\n'),
    })
  })
})

describe('wildcast gateway --broker', () => {
  it.each([
    ['Mqtt[adress]=mqtt://mqtt', 'unknown key "adress" in [Mqtt]; did you mean "address"?'],
    ['Redis=http://redis', '"Redis" begins with "http://"'],
    ['Nats[addresses][0]=nats&Nats[auth][User][user]=u', '"password" in [Nats.auth.User] is missing'],
    ['Redis=${NOPE}', '"Redis" needs the environment variable NOPE'],
  ])('rejects %s, and exits with 2', async (query, problem) => {
    const { code, err } = await run(['gateway', '-p', '0', '-b', query])
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(`--broker: ${problem}`) })
  })

  it('names BROKER if that is invalid, and never shows its value', async () => {
    const { code, err } = await run(['gateway'], { env: { BROKER: 'redis://me:secret@redis' } })
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringMatching(/^BROKER: unknown broker type "…"; allowed: InMemoryBroker, /),
    })
    expect(err).not.toContain('secret')
  })

  it('accepts a query string as the original did', async () => {
    await portsOf(start(['gateway', '-p', '0', '--broker', 'InMemoryBroker=']), 1)
  })
})
