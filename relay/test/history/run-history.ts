import { seededRandom } from '../loss/random.js'
import type { HistoryRecord } from './history-record.js'
import { openPublisher, type RecordedPublisher } from './recorded-publisher.js'
import { type HistoryReaderOptions, openHistoryReader, type RecordedHistoryReader } from './recorded-reader.js'

export interface HistoryRunOptions {
  /** The relays, which share a history. It keeps `historyRules`. */
  readonly urls: readonly string[]
  readonly seed: number
  readonly publishers: number
  /** Messages of each publisher. */
  readonly messages: number
  /** Readers that join and leave in the middle. */
  readonly joins: number
  /** Whether no reader can have the messages of several rules. @default false */
  readonly byRule?: boolean | undefined
  /** The end of the run before, in the same history: readers don't ask for what is before. */
  readonly from?: HistoryEnd | undefined
  /** Runs between the parts of the run, for instance to cut a link. */
  readonly disturb?: ((part: number) => Promise<void> | void) | undefined
}

/** The positions of the last messages of a run. */
export interface HistoryEnd {
  readonly log: string
  readonly room: string
}

/** The rules of the run: the messages of rooms are soon forgotten, those of logs never. */
export const historyRules: readonly { readonly subjects: string; readonly messages: number }[] = [
  { subjects: 'room.*.msg', messages: 40 },
  { subjects: 'log.*', messages: 1_000_000 },
]

const isRoom = (subject: string): boolean => /^room\.[^.]+\.msg$/.test(subject)
const isLog = (subject: string): boolean => /^log\.[^.]+$/.test(subject)

/** The patterns of the readers. */
export const historyPatterns: readonly Pick<HistoryReaderOptions, 'pattern' | 'matches' | 'unbounded'>[] = [
  { pattern: 'log.*', matches: isLog, unbounded: true },
  { pattern: 'log.1', matches: (subject) => subject === 'log.1', unbounded: true },
  { pattern: 'room.*.msg', matches: isRoom, unbounded: false },
  { pattern: 'room.2.msg', matches: (subject) => subject === 'room.2.msg', unbounded: false },
  { pattern: '**', matches: (subject) => isRoom(subject) || isLog(subject), unbounded: false },
]

/** How many parts a run has: `disturb` is called between them. */
const parts = 8
const subjects = 4

/**
 * Publishes messages that are kept while readers join, fall behind, leave and come back, and
 * records it all.
 */
export async function runHistory(options: HistoryRunOptions): Promise<HistoryRecord> {
  const { urls, seed, joins, disturb } = options
  const readable = options.byRule ? historyPatterns.filter(({ pattern }) => pattern !== '**') : historyPatterns
  const random = seededRandom(seed)
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item
  let time = 0
  const tick = (): number => ++time
  const readers: RecordedHistoryReader[] = []
  const join = async (url: string, from = pick(readable)): Promise<RecordedHistoryReader> => {
    const isNear = (other: RecordedHistoryReader): boolean =>
      !options.byRule || other.record.matches('log.1') === from.matches('log.1')
    const start = options.from?.[from.matches('log.1') ? 'log' : 'room'] ?? ''
    const after = random() < 0.5 ? start : (readers.findLast(isNear)?.position ?? start)
    const reader = await openHistoryReader(`reader ${readers.length + 1} of ${from.pattern}`, tick, {
      ...from,
      url,
      after,
      heals: random() < 0.7,
    })
    readers.push(reader)
    return reader
  }
  const publishers = await Promise.all(
    Array.from({ length: options.publishers }, (_, i) => openPublisher(tick, urls[i % urls.length] as string)),
  )
  for (const url of urls) for (const from of readable) await join(url, from)

  let payloads = 0
  const publish = async (publisher: RecordedPublisher, count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      const subject = Math.floor(random() * subjects)
      await publisher.publish(random() < 0.5 ? `log.${subject}` : `room.${subject}.msg`, `message-${++payloads}`)
    }
  }
  const joinAndLeave = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      const reader = await join(pick(urls))
      const what = random()
      if (what < 0.25) reader.pause()
      else if (what < 0.4) reader.leave()
      else if (what < 0.6) await reader.reconnect()
      for (const slow of readers.slice(-8, -4)) slow.resume()
      const other = pick(readers)
      if (other.record.stayed && random() < 0.4) await other.comeBack()
    }
  }
  for (let part = 0; part < parts; part++) {
    const publishing = publishers.map((publisher) => publish(publisher, Math.ceil(options.messages / parts)))
    await Promise.all([...publishing, joinAndLeave(Math.ceil(joins / parts)), disturb?.(part)])
  }

  for (const reader of readers) reader.resume()
  for (const reader of readers) reader.heal()
  await finishHistory(publishers[0] as RecordedPublisher, readers)
  const record: HistoryRecord = {
    publishes: publishers.flatMap((one) => one.publishes),
    readers: readers.map(({ record }) => record),
    ...(options.byRule && { orderOf: (subject: string) => (isRoom(subject) ? 'room' : 'log') }),
  }
  for (const reader of readers) reader.leave()
  return record
}

/** Returns the end of a run. */
export function endOfHistory({ publishes, orderOf = () => '' }: HistoryRecord): HistoryEnd {
  const last = (of: string): string =>
    publishes
      .flatMap(({ subject, position }) => (orderOf(subject) === orderOf(of) && position ? [position] : []))
      .reduce((one, other) => (one > other ? one : other), '')
  return { log: last('log.1'), room: last('room.1.msg') }
}

/**
 * Publishes a last message of each kind until it is acknowledged, and waits until all readers have
 * it.
 */
export async function finishHistory(
  publisher: RecordedPublisher,
  readers: readonly RecordedHistoryReader[],
): Promise<void> {
  const last = new Map<string, string>()
  for (const subject of ['log.1', 'room.2.msg'])
    for (let i = 0; ; i++) {
      const payload = `end-of-${subject}-${i}`
      last.set(subject, payload)
      if (await publisher.publish(subject, payload)) break
    }
  const staying = readers.filter(({ record }) => record.stayed)
  await Promise.all(
    staying.flatMap((reader) =>
      [...last].flatMap(([subject, payload]) => (reader.record.matches(subject) ? [reader.has(payload)] : [])),
    ),
  )
}
