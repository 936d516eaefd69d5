import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Program, startProgram } from './program.js'
import { type Redis, startRedis } from './redis.js'
import { temporaryFolder } from './temporary-folder.js'

export interface RedisSentinel {
  /** The sentinel's name of the master. */
  readonly name: 'main'
  readonly sentinel: Program
  readonly master: Redis
  readonly replica: Redis
  /** Waits until the sentinel has promoted the replica, two seconds after the master has died. */
  failover(): Promise<void>
  stop(): Promise<void>
}

/** One sentinel, which decides alone, with a master and its replica. */
export async function startRedisSentinel(): Promise<RedisSentinel> {
  const master = await startRedis({ args: ['--repl-diskless-sync-delay', '0'] })
  const replica = await startRedis({ args: ['--replicaof', '127.0.0.1', `${master.port}`] })
  await replica.says(/MASTER <-> REPLICA sync: Finished with success/)
  const sentinel = await startSentinel(master.port)
  await sentinel.says(/\+slave /)
  return {
    name: 'main',
    sentinel,
    master,
    replica,
    async failover() {
      await sentinel.says(/\+switch-master /)
    },
    async stop() {
      await Promise.all([sentinel, replica, master].map((program) => program.stop()))
    },
  }
}

function startSentinel(masterPort: number): Promise<Program> {
  const file = path.join(temporaryFolder(), 'sentinel.conf')
  return startProgram({
    name: 'redis-server',
    ready: /\+monitor master/,
    args(port) {
      writeFileSync(
        file,
        `bind 127.0.0.1
port ${port}
dir ${path.dirname(file)}
sentinel monitor main 127.0.0.1 ${masterPort} 1
sentinel down-after-milliseconds main 500
sentinel failover-timeout main 5000
`,
      )
      return [file, '--sentinel']
    },
  })
}
