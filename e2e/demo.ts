import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '..')

/** The demo as `npm start` or `npm run demo:brokers` runs it, without building it. */
export interface Demo {
  readonly url: string
  /** The ports of its brokers, if it has any. */
  readonly ports: Readonly<Record<'redis' | 'nats' | 'mqtt', number>>
  stop(): Promise<void>
  /** Starts it again after `stop`: at the same port, with the same store and another secret. */
  restart(): Promise<void>
}

/** Starts the demo on free ports. */
export async function startDemo({ withBrokers = false } = {}): Promise<Demo> {
  const folder = await mkdtemp(path.join(tmpdir(), 'wildcast-'))
  let child: ChildProcess
  let main = 0
  const start = async (): Promise<string> => {
    const flags = withBrokers ? ['--brokers', '--any-port'] : []
    child = spawn(process.execPath, [path.join(root, 'scripts/run-demo.js'), ...flags], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, PORT: `${main}`, WILDCAST_DEMO_STORE: path.join(folder, 'wildcast.db') },
    })
    const output = await untilUp(child)
    main = portIn(output, /Wildcast is up: http:\/\/[^:]+:(\d+)/)
    return output
  }
  const output = await start()
  return {
    url: `http://127.0.0.1:${main}`,
    ports: {
      redis: portIn(output, /redis-cli -p (\d+)/),
      nats: portIn(output, /nats:\/\/[^:]+:(\d+)/),
      mqtt: portIn(output, /mosquitto_pub -p (\d+)/),
    },
    async stop() {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
    async restart() {
      await start()
    },
  }
}

const portIn = (output: string, pattern: RegExp): number => Number(pattern.exec(output)?.[1])

async function untilUp({ stdout }: ChildProcess): Promise<string> {
  let output = ''
  for await (const chunk of stdout ?? []) {
    output += String(chunk)
    if (/Wildcast is up: .*\n/.test(output)) return output
  }
  throw new Error(`the demo did not start: ${output}`)
}
