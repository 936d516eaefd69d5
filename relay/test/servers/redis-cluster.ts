import { type Redis, startRedis } from './redis.js'
import { redisCli } from './redis-cli.js'

export interface RedisCluster {
  /** Masters with equal shares of the slots, in the order of their slots. */
  readonly nodes: readonly Redis[]
  stop(): Promise<void>
}

const slots = 16_384

/**
 * A Redis Cluster without replicas. It starts in two seconds, since a master waits that long before
 * its first command.
 */
export async function startRedisCluster({ size = 3 }: { size?: number } = {}): Promise<RedisCluster> {
  const args = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000']
  const nodes = await Promise.all(Array.from({ length: size }, () => startRedis({ args })))
  await Promise.all(
    nodes.map(async ({ url }, i) => {
      const [from, to] = [i, i + 1].map((share) => Math.floor((slots * share) / size)) as [number, number]
      await redisCli(url, ['CLUSTER', 'ADDSLOTSRANGE', `${from}`, `${to - 1}`])
      // Nodes that all start at epoch 0 first have to resolve the conflict.
      await redisCli(url, ['CLUSTER', 'SET-CONFIG-EPOCH', `${i + 1}`])
    }),
  )
  const [first, ...others] = nodes as [Redis, ...Redis[]]
  for (const { port, sidePort } of others)
    await redisCli(first.url, ['CLUSTER', 'MEET', '127.0.0.1', `${port}`, `${sidePort}`])
  await Promise.all(nodes.map((node) => node.says(/Cluster state changed: ok/)))
  await Promise.all(nodes.map(untilConnected))
  return {
    nodes,
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()))
    },
  }
}

/**
 * Waits until a node is connected to all others. The state of a cluster is "ok" before that, and a
 * message for a node without a connection is lost.
 */
async function untilConnected({ url }: Redis, _: number, nodes: readonly Redis[]): Promise<void> {
  for (;;) {
    const lines = (await redisCli(url, ['CLUSTER', 'NODES'])).trim().split('\n')
    const others = lines.filter((line) => !line.includes('myself'))
    if (
      others.length === nodes.length - 1 &&
      others.every((line) => / connected(?: |$)/.test(line) && !line.includes('handshake'))
    )
      return
  }
}
