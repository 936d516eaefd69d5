import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { folderWith, portsOf, run, start } from './command.js'
import { startMosquitto } from './servers/mosquitto.js'
import { startNats } from './servers/nats.js'
import { startRedis } from './servers/redis.js'
import { redisCli } from './servers/redis-cli.js'

/** The findings of `wildcast doctor`, each as `level: message`. */
async function examined(cwd: string, ...args: readonly string[]) {
  const { code, out } = await run(['doctor', '--json', ...args], { cwd })
  const { findings } = JSON.parse(out) as {
    findings: { level: string; message: string; remedy?: string }[]
  }
  expect(findings.filter(({ level, remedy }) => ['warning', 'error'].includes(level) && !remedy)).toEqual([])
  return { code, findings: findings.map(({ level, message }) => `${level}: ${message}`) }
}

const program = async <Started extends { stop(): Promise<void> }>(starting: Promise<Started>): Promise<Started> => {
  const started = await starting
  onTestFinished(() => started.stop())
  return started
}

it('asks real brokers for their versions and features', async () => {
  const [redis, nats, mqtt] = await Promise.all([
    program(startRedis({ args: ['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru'] })),
    program(startNats()),
    program(startMosquitto()),
  ])
  const toml = `port = 0
[brokers.cache]
type = "redis"
url = "${redis.url}"
[[brokers.cache.history]]
subjects = "a.*"
messages = 5
[brokers.events]
type = "nats"
addresses = ["127.0.0.1:1", "127.0.0.1:${nats.port}"]
[brokers.sensors]
type = "mqtt"
address = "mqtt://127.0.0.1:${mqtt.port}"
`
  const { code, findings } = await examined(await folderWith('wildcast.toml', toml))
  expect(code).toBe(0)
  const found = findings.join('\n')
  for (const wanted of [
    /^ok: broker "cache" is Redis \d+\.\d+/m,
    /^warning: broker "cache" saves nothing to disk/m,
    /^warning: broker "cache" drops keys when its memory is full \(maxmemory-policy allkeys-lru\)/m,
    /^ok: the clock agrees with that of broker "cache"/m,
    /^ok: broker "events" is NATS \d+\.\d+/m,
    /^warning: broker "events" has no JetStream/m,
    /^ok: broker "sensors" speaks MQTT 5/m,
    /^note: broker "sensors" does without: .*conditional/m,
  ])
    expect(found).toMatch(wanted)
})

it('reports a Redis whose user may not read its state', async () => {
  const redis = await program(startRedis())
  await redisCli(redis.url, ['ACL', 'SETUSER', 'u', 'on', '>p', '+@all', '-info', '~*', '&*'])
  const url = redis.url.replace('redis://', 'redis://u:p@')
  const toml = `port = 0\n[brokers.main]\ntype = "redis"\nurl = "${url}"\n`
  const { findings } = await examined(await folderWith('wildcast.toml', toml))
  expect(findings).toContain('note: broker "main" is Redis, whose user may not run INFO')
})

it('finds every mistake of a configuration, a broker that is down and a port that is taken', async () => {
  const taken = createTcpServer().listen(0, '127.0.0.1')
  onTestFinished(() => void taken.close())
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const toml = `port = ${port}\nhost = "127.0.0.1"\nbrokers.main = { type = "redis", url = "redis://127.0.0.1:1" }\n`
  const cwd = await folderWith('wildcast.toml', toml)
  const { code, findings } = await examined(cwd)
  expect({ code, errors: findings.filter((one) => one.startsWith('error')) }).toEqual({
    code: 1,
    errors: [
      expect.stringMatching(`^error: port ${port} is taken by .+`),
      expect.stringContaining('error: broker "main" is not reached: Redis at 127.0.0.1:1 refused the connection'),
    ],
  })
  await writeFile(path.join(cwd, 'wildcast.toml'), 'prot = 1\nbrokers.main.type = "memory"\n')
  const broken = await examined(cwd)
  expect(broken).toMatchObject({ code: 1 })
  expect(broken.findings.join('\n')).toMatch(/^error: wildcast\.toml:1: .*did you mean "port"/m)
})

it('knows a relay that runs, and compares the clock with that of another', async () => {
  const late = createServer((_, response) => response.setHeader('date', 'Tue, 01 Jan 2030 00:00:00 GMT').end()).listen(
    0,
  )
  onTestFinished(() => void late.close())
  const cwd = await folderWith('wildcast.toml', 'port = 0\nhost = "127.0.0.1"\nbrokers.main.type = "memory"\n')
  const [port = 0] = await portsOf(start(['up'], { cwd }), 1)
  await writeFile(path.join(cwd, 'other.toml'), `port = ${port}\nhost = "127.0.0.1"\nbrokers.main.type = "memory"\n`)
  const url = `http://127.0.0.1:${(late.address() as AddressInfo).port}`
  const { code, findings } = await examined(cwd, '-c', 'other.toml', '--url', url)
  expect(code).toBe(1)
  expect(findings.join('\n')).toMatch(new RegExp(`^note: port ${port} is used by .*: a relay runs there$`, 'm'))
  expect(findings.join('\n')).toMatch(/^error: the clock is \d+ s behind that of http:.*tokens are refused$/m)
})

it('examines the machine in a folder without a configuration', async () => {
  const { findings } = await examined(await folderWith('empty', ''))
  expect(findings).toContain('note: there is no wildcast.toml in this folder')
  expect(findings.join('\n')).toMatch(/file descriptors/)
})

it('a metric port that is taken ends the start with its sentence', async () => {
  const taken = createTcpServer().listen(0, '127.0.0.1')
  onTestFinished(() => void taken.close())
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const toml = `port = 0\nhost = "127.0.0.1"\nadmin = "127.0.0.1:${port}"\nbrokers.main.type = "memory"\n`
  expect(await run(['up'], { cwd: await folderWith('wildcast.toml', toml) })).toEqual({
    code: 1,
    out: '',
    err: `port ${port} is in use; change "admin", or stop what listens there\n`,
  })
})
