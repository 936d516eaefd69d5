import { expect } from 'vitest'
import { endsWithTest } from './ends-with-test.js'
import { type Redis, startRedis } from './redis.js'
import { redisCli } from './redis-cli.js'
import { openProxy } from './tcp-proxy.js'

/** A Redis that will lose what it has acknowledged. It stops when the test is done. */
export interface LosingRedis {
  /** Leads to the server, and later to the one that takes its place. */
  readonly url: string
  /** Loses what is written from now on. */
  begin(): Promise<void>
  /** The server dies. Resolves when there is one with the data of before. */
  lose(): Promise<void>
}

/** A replica that has not received the last writes is promoted. */
async function failover(): Promise<LosingRedis> {
  const master = endsWithTest(await startRedis({ args: ['--repl-diskless-sync-delay', '0'] }))
  const replication = endsWithTest(await openProxy(master.port))
  const replica = endsWithTest(await startRedis({ args: ['--replicaof', '127.0.0.1', `${replication.port}`] }))
  await replica.says(/MASTER <-> REPLICA sync: Finished with success/)
  const relays = endsWithTest(await openProxy(master.port))
  return {
    url: `redis://127.0.0.1:${relays.port}`,
    async begin() {
      await expect.poll(async () => (await offsetOf(replica)) === (await offsetOf(master))).toBe(true)
      replication.stall()
    },
    async lose() {
      await master.kill()
      await redisCli(replica.url, ['REPLICAOF', 'NO', 'ONE'])
      // Not before: as a replica it accepts no writes.
      relays.lead(replica.port)
    },
  }
}

/** The number of bytes of a replication that a server has. */
async function offsetOf({ url }: Redis): Promise<string> {
  const [, offset = ''] = /master_repl_offset:(\d+)/.exec(await redisCli(url, ['INFO', 'replication'])) ?? []
  return offset
}

/** A backup is restored that was made before the last writes. */
async function backup(): Promise<LosingRedis> {
  const server = endsWithTest(await startRedis())
  return {
    url: server.url,
    async begin() {
      await redisCli(server.url, ['SAVE'])
    },
    async lose() {
      await server.kill()
      await server.restart()
    },
  }
}

/** The ways to lose what a Redis has acknowledged. */
export const redisLosses: Readonly<Record<string, () => Promise<LosingRedis>>> = {
  'a replica that was promoted': failover,
  'a restored backup': backup,
}
