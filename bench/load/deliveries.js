import { listenFor, openAll, openPublisher, openSubscriber } from './clients.js'
import { Latencies } from './latencies.js'
import { pump } from './pump.js'
import { ageUs, timeStamps } from './time-stamp.js'

/**
 * @param {import('./clients.js').Server} server
 * @param {import('./job.js').Deliveries & import('./job.js').Course} job
 * @param {import('./job.js').Reach} reach
 */
export async function deliveries(server, job, reach) {
  const { subscribers, subjects, copies, size, confirmed = false, perSecond, stuck, warmUp, until } = job
  const counts = { received: 0, confirmed: 0 }
  const latencies = new Latencies()
  let turn = () => {}
  const onTurn = (next) => {
    turn = next
  }
  const received =
    perSecond === undefined
      ? () => {
          counts.received++
          turn()
        }
      : (bytes, at) => {
          counts.received++
          latencies.add(ageUs(bytes, at))
          turn()
        }
  const onConfirmed = () => {
    counts.confirmed++
    turn()
  }
  const listening = async (patterns) => {
    const connection = await openSubscriber(server, patterns)
    listenFor(connection, timeStamps(Math.min(size, stuck?.size ?? size)), received)
    return connection
  }

  const publishers = await openAll(job.publishers, () => openPublisher(server, { confirmed, onConfirmed }))
  const course = { ...job, dialect: server.dialect, publishers, subjects, counts }
  const [first, ...rest] = subscribers
  const early = [await listening(first)]
  if (stuck) await flood(early)
  const connections = [...early, ...(await openAll(rest.length, (i) => listening(rest[i])))]

  /** The others come after it, so that it costs no more than one reader. */
  async function flood(connections) {
    if (stuck.present) {
      const connection = await openSubscriber(server, first)
      connection.stopReading()
    }
    await pump({ ...course, copies: 1, size: stuck.size, perSecond: undefined, window: 4 }, stuck, onTurn)
  }

  await pump(course, warmUp, onTurn)
  latencies.clear()
  await reach('begun')
  const result = await pump(course, until, onTurn)
  await reach('ended')
  const [p50Us, p99Us] = perSecond === undefined ? [] : latencies.quantiles(0.5, 0.99)
  const closed = [...connections, ...publishers].filter((connection) => connection.closed).length
  return { ...result, done: result.received, p50Us, p99Us, closed }
}
