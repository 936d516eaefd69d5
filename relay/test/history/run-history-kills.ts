import { seededRandom } from '../loss/random.js'
import type { Program } from '../servers/program.js'
import type { HistoryRecord } from './history-record.js'
import { openPublisher, type RecordedPublisher } from './recorded-publisher.js'
import { openHistoryReader, type RecordedHistoryReader } from './recorded-reader.js'
import { finishHistory, historyPatterns } from './run-history.js'

export interface HistoryKillsOptions {
  /** The server that keeps the history. */
  readonly server: Program
  /** The relays that use it, with `historyRules`. */
  readonly urls: readonly string[]
  readonly kills: number
  readonly seed: number
}

const publishers = 8
const subjects = 4
/** The most acknowledgements between two kills. */
const mostBetween = 150
/** The most turns of this process between an acknowledgement and a kill. */
const mostTurns = 30

/**
 * Publishes messages that are kept, and follows them, while their server is killed again and again
 * at random moments. The last readers read it all from the start.
 */
export async function runHistoryKills({ server, urls, kills, seed }: HistoryKillsOptions): Promise<HistoryRecord> {
  const random = seededRandom(seed)
  const below = (count: number): number => Math.floor(random() * count)
  let time = 0
  const tick = (): number => ++time
  const readers: RecordedHistoryReader[] = []
  const join = async (url: string, from: (typeof historyPatterns)[number], after: string): Promise<void> => {
    const name = `reader ${readers.length + 1} of ${from.pattern}`
    readers.push(await openHistoryReader(name, tick, { ...from, url, after, heals: true }))
  }
  const all = await Promise.all(
    Array.from({ length: publishers }, (_, i) => openPublisher(tick, urls[i % urls.length] as string)),
  )
  for (const url of urls) for (const from of historyPatterns) await join(url, from, '')

  let acknowledged = 0
  let payloads = 0
  let isOver = false
  let passed = (): void => {}
  const publish = async (publisher: RecordedPublisher): Promise<void> => {
    while (!isOver) {
      const subject = below(subjects)
      const to = random() < 0.5 ? `log.${subject}` : `room.${subject}.msg`
      if (await publisher.publish(to, `message-${++payloads}`)) acknowledged++
      passed()
    }
  }
  const publishing = Promise.all(all.map(publish))
  const untilAcknowledged = (count: number): Promise<void> =>
    new Promise((resolve) => {
      passed = () => {
        if (acknowledged >= count) resolve()
      }
    })
  for (let kill = 1; kill <= kills; kill++) {
    await Promise.race([publishing, untilAcknowledged(acknowledged + 1 + below(mostBetween))])
    for (let turn = below(mostTurns); turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve))
    await server.kill()
    const back = readers[below(readers.length)]
    await Promise.all([server.restart(), back?.comeBack()])
    if (kill % 20 === 0) console.log(`history kills: seed ${seed}, ${kill} of ${kills}`)
  }
  await Promise.race([publishing, untilAcknowledged(acknowledged + 100)])
  isOver = true
  await publishing

  for (const url of urls) for (const from of historyPatterns) await join(url, from, '')
  await finishHistory(all[0] as RecordedPublisher, readers)
  return { publishes: all.flatMap((one) => one.publishes), readers: readers.map(({ record }) => record) }
}
