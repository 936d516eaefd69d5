import { listenFor, openAll, openPublisher, openSubscriber } from './clients.js'
import { pump } from './pump.js'
import { tally } from './tally.js'
import { timeStamps } from './time-stamp.js'

/**
 * @param {import('./clients.js').Server} server
 * @param {import('./job.js').Deliveries & import('./job.js').Course} job
 * @param {import('./job.js').Reach} reach
 */
export async function deliveries(server, job, reach) {
  const { subscribers, perSecond, confirmed = false, stuck, warmUp, until } = job
  const { counts, latencies, onTurn, ...arrivals } = tally({
    latencies: perSecond === undefined ? 'not taken' : 'taken',
  })
  const mark = timeStamps(Math.min(job.size, stuck?.size ?? job.size))
  const subscriber = async (patterns) => {
    const connection = await openSubscriber(server, patterns)
    listenFor(connection, mark, arrivals.received)
    return connection
  }
  const publishers = await openAll(job.publishers, () =>
    openPublisher(server, { confirmed, onConfirmed: arrivals.confirmed }),
  )
  const course = { ...job, dialect: server.dialect, publishers, counts }

  const [patterns, ...others] = subscribers
  const first = await subscriber(patterns)
  let behind = []
  if (stuck) {
    behind = await openAll(stuck.readers, () => openSubscriber(server, patterns))
    for (const connection of behind) {
      connection.listen(() => {})
      connection.readSeldom(stuck.readEveryMs)
    }
    // The other readers come after the flood, so that they do not receive it.
    await pump({ ...course, copies: 1, size: stuck.size, perSecond: undefined, window: 16 }, stuck, onTurn)
  }
  const readers = [first, ...(await openAll(others.length, (i) => subscriber(others[i])))]

  await pump(course, warmUp, onTurn)
  latencies.clear()
  await reach('begun')
  const result = await pump(course, until, onTurn)
  await reach('ended')
  return {
    ...result,
    done: result.received,
    ...(perSecond !== undefined && latencies.summary()),
    closed: closedOf([...readers, ...publishers]),
    ...(stuck && { cutOff: closedOf(behind) }),
  }
}

const closedOf = (connections) => connections.filter((connection) => connection.closed).length
