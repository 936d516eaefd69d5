import { seededRandom } from '../loss/random.js'
import { openReader, type Reader, type ReaderOptions } from './recorded-reader.js'
import { openWriter, type ValueWriterClient } from './recorded-writer.js'
import { numbered, type ValueHistory } from './value-history.js'

export interface ValueRunOptions {
  /** The relays, which share a store. */
  readonly urls: readonly string[]
  readonly broker?: string | undefined
  readonly seed: number
  readonly writers: number
  /** Writes of each writer. */
  readonly writes: number
  readonly subjects: number
  /** The first segment of all subjects. @default "v" */
  readonly root?: string | undefined
  /** Readers that join and leave in the middle. */
  readonly joins: number
  /** Runs when a part of the writes is done, for instance to cut a link. */
  readonly disturb?: ((part: number) => Promise<void> | void) | undefined
  /** See `StoreUnderTest`. */
  readonly order?: ((last: string) => Promise<readonly string[]>) | undefined
}

const policies: readonly ReaderOptions['policy'][] = [undefined, undefined, { deliver: 'latest' }, { max_rate: 200 }]

/** How many parts a run has: `disturb` is called between them. */
const parts = 8

/**
 * Writes and deletes values while readers join and leave, some of them slow, and records it all.
 */
export async function runValues(options: ValueRunOptions): Promise<ValueHistory> {
  const { urls, broker, seed, subjects, root = 'v', joins, disturb, order } = options
  const random = seededRandom(seed)
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item
  let time = 0
  const tick = (): number => ++time
  const readers: Reader[] = []
  const join = async (): Promise<Reader> => {
    const options = { url: pick(urls), broker, pattern: `${root}.${pick(['*', '**', '>'])}`, policy: pick(policies) }
    const reader = await openReader(`reader ${readers.length + 1}`, tick, options)
    readers.push(reader)
    return reader
  }
  let names = 0
  const nextName = order && ((): string => `${root}:${++names}`)
  const writers = await Promise.all(
    Array.from({ length: options.writers }, (_, i) =>
      openWriter(tick, { url: urls[i % urls.length] as string, broker, nextName }),
    ),
  )
  for (let i = 0; i < subjects; i += 2) await writers[0]?.write(`${root}.${i}`, `first-${i}`)
  for (const url of urls) readers.push(await openReader(`first of ${url}`, tick, { url, broker, pattern: `${root}.*` }))

  let payloads = 0
  const write = async (writer: ValueWriterClient, writes: number): Promise<void> => {
    for (let i = 0; i < writes; i++) {
      const subject = `${root}.${Math.floor(random() * subjects)}`
      await writer.write(subject, random() < 0.15 ? undefined : `value-${++payloads}`)
    }
  }
  const joinAndLeave = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      const reader = await join()
      const what = random()
      if (what < 0.3) reader.pause()
      else if (what < 0.6) reader.leave()
      else if (what < 0.8) await reader.reconnect()
      for (const slow of readers.slice(-8, -4)) slow.resume()
    }
  }
  for (let part = 0; part < parts; part++) {
    const writing = writers.map((writer) => write(writer, Math.ceil(options.writes / parts)))
    await Promise.all([...writing, joinAndLeave(Math.ceil(joins / parts)), disturb?.(part)])
  }

  for (const reader of readers) reader.resume()
  const last = await finish(writers[0] as ValueWriterClient, readers, `${root}.end`)
  const writes = writers.flatMap((writer) => writer.writes)
  const history: ValueHistory = { writes, readers: readers.map(({ record }) => record) }
  for (const reader of readers) reader.leave()
  return order ? numbered(history, await order(last)) : history
}

/**
 * Writes a last value until it is acknowledged, and waits until all readers have it. Returns its
 * revision, or its name.
 */
async function finish(writer: ValueWriterClient, readers: readonly Reader[], subject: string): Promise<string> {
  for (let i = 0; !(await writer.write(subject, `end-${i}`)); i++);
  const { revision = '', payload = '' } = writer.writes.findLast((write) => write.revision !== undefined) ?? {}
  await Promise.all(readers.filter(({ record }) => record.stayed).map((reader) => reader.has(subject, payload)))
  return revision
}
