import { setTimeout as pause } from 'node:timers/promises'
import { openAll, openSubscriber } from './clients.js'

/**
 * @param {import('./clients.js').Server} server
 * @param {import('./job.js').Idle} job
 * @param {import('./job.js').Reach} reach
 */
export async function idle(server, { before, connections, holdMs }, reach) {
  const open = () => openSubscriber(server, ['bench.idle'])
  const first = await openAll(before, open)
  await pause(holdMs)
  await reach('begun')
  const opened = await openAll(connections, open)
  await pause(holdMs)
  await reach('ended')
  const closed = [...first, ...opened].filter((connection) => connection.closed).length
  return { done: connections, lost: closed, closed, seconds: holdMs / 1000 }
}
