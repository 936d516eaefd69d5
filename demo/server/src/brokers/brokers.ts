import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openProgram, type Program, type ProgramOptions } from './program.js'

/** The brokers that the demo can start, by their names in demo/brokers.toml. */
export const brokerNames = ['redis', 'nats', 'mqtt'] as const
export type BrokerName = (typeof brokerNames)[number]

/** The path of a broker's program, and the port that it listens on. */
export interface BrokerOptions {
  readonly file: string
  readonly port: number
}

/** Starts real brokers on this machine, which keep nothing on disk. */
export async function startBrokers(
  options: Readonly<Record<BrokerName, BrokerOptions>>,
): Promise<Readonly<Record<BrokerName, Program>>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'wildcast-demo-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
  const brokers = {
    redis: openProgram(redis(options.redis, folder)),
    nats: openProgram(nats(options.nats)),
    mqtt: openProgram(mosquitto(options.mqtt, folder)),
  }
  await Promise.all(Object.values(brokers).map((broker) => broker.start()))
  return brokers
}

function redis({ file, port }: BrokerOptions, folder: string): ProgramOptions {
  const args = ['--bind', '127.0.0.1', '--port', `${port}`, '--dir', folder, '--save', '']
  return { file, args, ready: /Ready to accept connections/ }
}

function nats({ file, port }: BrokerOptions): ProgramOptions {
  return { file, args: ['--addr', '127.0.0.1', '--port', `${port}`], ready: /Server is ready/ }
}

function mosquitto({ file, port }: BrokerOptions, folder: string): ProgramOptions {
  const config = path.join(folder, 'mosquitto.conf')
  const lines = [`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'set_tcp_nodelay true', 'log_dest stderr']
  // Root would become the user `mosquitto`, who can't read the folder.
  if (process.getuid?.() === 0) lines.push('user root')
  writeFileSync(config, `${lines.join('\n')}\n`)
  return { file, args: ['-c', config], ready: /mosquitto version \S+ running/ }
}
