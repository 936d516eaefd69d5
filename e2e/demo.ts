import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '..')

/** The demo as `npm start` or `npm run demo:brokers` runs it, without building it. */
export interface Demo {
  readonly url: string
  /** The ports of its brokers, if it has any. */
  readonly ports: Readonly<Record<'redis' | 'nats' | 'mqtt', number>>
  stop(): Promise<void>
}

/** Starts the demo on free ports. */
export async function startDemo({ withBrokers = false } = {}): Promise<Demo> {
  const flags = withBrokers ? ['--brokers', '--any-port'] : []
  const child = spawn(process.execPath, [path.join(root, 'scripts/run-demo.js'), ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PORT: '0' },
  })
  const output = await untilUp(child)
  const port = (pattern: RegExp): number => Number(pattern.exec(output)?.[1])
  return {
    url: `http://127.0.0.1:${port(/Wildcast is up: http:\/\/[^:]+:(\d+)/)}`,
    ports: {
      redis: port(/redis-cli -p (\d+)/),
      nats: port(/nats:\/\/[^:]+:(\d+)/),
      mqtt: port(/mosquitto_pub -p (\d+)/),
    },
    async stop() {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function untilUp({ stdout }: ChildProcess): Promise<string> {
  let output = ''
  for await (const chunk of stdout ?? []) {
    output += String(chunk)
    if (/Wildcast is up: .*\n/.test(output)) return output
  }
  throw new Error(`the demo did not start: ${output}`)
}
