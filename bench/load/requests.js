import { listenFor, openAll } from './clients.js'
import { front, openConnection } from './connection.js'
import { Latencies } from './latencies.js'
import { ageUs, payloads, timeStamps } from './time-stamp.js'

/**
 * @param {import('./clients.js').Server} server
 * @param {import('./job.js').Requests & import('./job.js').Course} job
 * @param {import('./job.js').Reach} reach
 */
export async function requests(server, { requesters, window, size, warmUp, until }, reach) {
  const { port, dialect } = server
  const dial = async (steps) => {
    const connection = await openConnection({ ...dialect, port })
    await connection.run([...dialect.open(), ...steps])
    return connection
  }
  answerWith(await dial(dialect.requests.serve), dialect.requests, size)
  const latencies = new Latencies()
  let answered = (_i) => {}
  const connections = await openAll(requesters, async (i) => {
    const connection = await dial(dialect.requests.begin(i))
    listenFor(connection, timeStamps(size), (bytes, at) => {
      latencies.add(ageUs(bytes, at))
      answered(i)
    })
    return connection
  })
  const payload = payloads(size)
  let ref = 0
  const ask = (i) => connections[i].send(dialect.requests.ask(i, ref++, payload()))

  /** Each asks again when it was answered. */
  async function run({ messages = Infinity, durationMs = Infinity }) {
    const begun = performance.now()
    let [sent, received] = [0, 0]
    await new Promise((resolve) => {
      const goOn = (i) => {
        if (sent < messages && performance.now() - begun < durationMs) {
          sent++
          ask(i)
        } else if (received === sent) resolve(undefined)
      }
      answered = (i) => {
        received++
        goOn(i)
      }
      for (let i = 0; i < requesters * window; i++) goOn(i % requesters)
    })
    return { sent, received, done: received, lost: 0, seconds: (performance.now() - begun) / 1000 }
  }

  await run(warmUp)
  latencies.clear()
  await reach('begun')
  const result = await run(until)
  await reach('ended')
  return { ...result, ...latencies.summary(), closed: connections.filter(({ closed }) => closed).length }
}

/** Answers with what was asked. */
function answerWith(connection, { asked, answer }, size) {
  let text = ''
  connection.listen((room, end) => {
    text += room.latin1Slice(front, end)
    let read = 0
    for (const found of text.matchAll(asked)) {
      const { to, stamp } = found.groups
      connection.send(answer(to, stamp.padEnd(size, 'x')))
      read = found.index + found[0].length
    }
    // The last may have come in part; the rest of a payload is no beginning of another.
    text = text.slice(read)
  })
}
