import { listenFor, openAll } from './clients.js'
import { front, openConnection } from './connection.js'
import { Latencies } from './latencies.js'
import { ageUs, payloads, timeStamps } from './time-stamp.js'
import { untilComplete } from './until-complete.js'

/**
 * @param {import('./clients.js').Server} server
 * @param {import('./job.js').Requests & import('./job.js').Course} job
 * @param {import('./job.js').Reach} reach
 */
export async function requests({ port, dialect }, { requesters, window, size, warmUp, until }, reach) {
  const dial = async (steps) => {
    const connection = await openConnection({ ...dialect, port })
    await connection.run([...dialect.open(), ...steps])
    return connection
  }
  answerRequests(await dial(dialect.requests.serve), dialect.requests, size)
  const latencies = new Latencies()
  let answered = (_requester) => {}
  const connections = await openAll(requesters, async (i) => {
    const connection = await dial(dialect.requests.begin(i))
    listenFor(connection, timeStamps(size), (bytes, at) => {
      latencies.add(ageUs(bytes, at))
      answered(i)
    })
    return connection
  })
  const payload = payloads(size)
  const course = {
    slots: Array.from({ length: requesters * window }, (_, i) => i % requesters),
    ask: (i, ref) => connections[i].send(dialect.requests.ask(i, ref, payload())),
    onAnswer(next) {
      answered = next
    },
  }

  await run(course, warmUp)
  latencies.clear()
  await reach('begun')
  const result = await run(course, until)
  await reach('ended')
  return { ...result, ...latencies.summary(), closed: connections.filter(({ closed }) => closed).length }
}

/** Each requester sends its next request when one was answered. */
async function run({ slots, ask, onAnswer }, { messages = Infinity, durationMs = Infinity }) {
  const begun = performance.now()
  let endedAt = begun
  let [sent, received] = [0, 0]
  let turn = () => {}
  const over = () => sent >= messages || performance.now() - begun >= durationMs
  const askNext = (requester) => {
    if (!over()) ask(requester, sent++)
  }
  onAnswer((requester) => {
    received++
    endedAt = performance.now()
    askNext(requester)
    turn()
  })
  slots.forEach(askNext)
  await untilComplete({
    turn: () => received === sent && over(),
    onTurn(next) {
      turn = next
    },
    arrived: () => received,
  })
  return { sent, received, done: received, lost: sent - received, seconds: (endedAt - begun) / 1000 }
}

/** Answers each request with its own payload. */
function answerRequests(connection, { requestPattern, answer }, size) {
  let text = ''
  connection.listen((room, end) => {
    text += room.latin1Slice(front, end)
    let read = 0
    for (const found of text.matchAll(requestPattern)) {
      const { to, stamp } = found.groups
      connection.send(answer(to, stamp.padEnd(size, 'x')))
      read = found.index + found[0].length
    }
    // The next request may be incomplete.
    text = text.slice(read)
  })
}
