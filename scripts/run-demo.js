// Runs the demo from its build: the relay, the simulated sources beside it, and with --brokers a
// real broker of each kind, with --any-port on random ports. npm start and npm run demo:brokers
// build it first.
import { randomBytes, randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { findProgram, root } from './needs.js'
import { endWithParent, script } from './run.js'

/** The program of each broker, and the port that it has if that is free. */
const programs = {
  redis: { program: 'redis-server', port: 16379 },
  nats: { program: 'nats-server', port: 14222 },
  mqtt: { program: 'mosquitto', port: 11883 },
}

/** The command beside the relay. */
export const sources = [process.execPath, path.join(root, 'scripts/demo-sources.js')]

/** Opens the control of the fault panel for this process and those that it starts. */
export async function openControl(brokers = {}) {
  const { openControl } = await import('../demo/server/dist/index.js')
  process.env.WILDCAST_DEMO_CONTROL = JSON.stringify(await openControl(brokers))
}

/**
 * Chooses the file in which the demo keeps its values: one for each port, since only one relay can
 * open it, and a temporary one for a free port.
 */
export function chooseStore() {
  const { PORT: port = '3015' } = process.env
  const folder = port === '0' ? mkdtempSync(path.join(tmpdir(), 'wildcast-')) : path.join(root, 'demo')
  if (port === '0') process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  process.env.WILDCAST_DEMO_STORE ??= path.join(folder, port === '3015' ? 'wildcast.db' : `wildcast-${port}.db`)
}

/** Chooses the secret of its tokens, new at each start, and the port for operators. */
export async function chooseAuth() {
  process.env.WILDCAST_DEMO_SECRET ??= randomBytes(32).toString('hex')
  process.env.WILDCAST_DEMO_ADMIN ??= `${await freePort(randomPort())}`
}

/** Runs the demo in this process. */
export async function runDemo({ withBrokers, anyPort = false }) {
  endWithParent()
  chooseStore()
  await chooseAuth()
  await openControl(withBrokers ? await openBrokers(anyPort) : {})
  const config = path.join(root, 'demo', withBrokers ? 'brokers.toml' : 'wildcast.toml')
  process.argv.splice(2, Number.POSITIVE_INFINITY, 'up', '--config', config, '--', ...sources)
  await import(pathToFileURL(path.join(root, 'relay/bin/wildcast.js')).href)
}

/** Starts the brokers, and sets the variables of demo/brokers.toml. */
async function openBrokers(anyPort) {
  const { startBrokers } = await import('../demo/server/dist/index.js')
  const options = {}
  for (const [name, { program, port }] of Object.entries(programs)) {
    const file = findProgram(program)
    if (!file) throw new Error(`the demo needs ${program}; npm run demo:brokers installs it on Debian`)
    options[name] = { file, port: await freePort(anyPort ? randomPort() : port) }
    process.env[`WILDCAST_DEMO_${name.toUpperCase()}`] = `${options[name].port}`
  }
  const brokers = await startBrokers(options)
  const { redis, nats, mqtt } = options
  console.log(`Redis:     redis-cli -p ${redis.port} psubscribe 'good.*'`)
  console.log(`NATS:      nats://127.0.0.1:${nats.port}`)
  console.log(`Mosquitto: mosquitto_pub -p ${mqtt.port} -t sensor/attic/temperature -m 21.5`)
  return brokers
}

/** The wanted port, or a random one if it is taken. */
async function freePort(wanted) {
  for (let port = wanted; ; port = randomPort()) {
    const server = createServer()
    try {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
      return port
    } catch {
      // Taken.
    } finally {
      server.close()
    }
  }
}

const randomPort = () => randomInt(10_000, 32_768)

if (process.argv[1] === import.meta.filename)
  await script(() =>
    runDemo({ withBrokers: process.argv.includes('--brokers'), anyPort: process.argv.includes('--any-port') }),
  )
