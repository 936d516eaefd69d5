import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { realClock } from '../../src/core/clock.js'
import { defaultStoreLimits } from '../../src/stores/limits.js'
import type { FileMessage } from '../../src/stores/sqlite/message-row.js'
import { openStoreFile } from '../../src/stores/sqlite/store-file.js'
import { portsOf, start } from '../command.js'
import { temporaryFolder } from '../servers/temporary-folder.js'
import { endOf, killRelay, openSocket } from './killed-relay.js'
import { seededRandom } from './random.js'

// `WILDCAST_LONG=1` kills 200 times; STORE_SEED repeats a run.
const kills = process.env.WILDCAST_LONG ? 200 : 10
const seed = Number(process.env.STORE_SEED ?? Math.floor(Math.random() * 2 ** 31))
/** Only ends a test that hangs. */
const longestMs = kills * 30_000
const mostInFlight = 8
const kept = 5

const config = `port = 0
[brokers.main]
type = "memory"
store = { sqlite = "wildcast.db" }
[[brokers.main.history]]
subjects = "log.*"
messages = 1_000_000
[[brokers.main.history]]
subjects = "short.*"
messages = ${kept}
`

interface PublisherFrame {
  readonly Ack?: { readonly ref: number }
  readonly Message?: { readonly message: string; readonly position: string }
}

/** A client that publishes numbers as fast as they are acknowledged, and receives them. */
class Publisher {
  acks = 0
  readonly subject: string
  readonly acknowledged: Set<number> = new Set()
  /** The positions of the numbers that were delivered. */
  readonly heard: Map<number, string> = new Map()
  readonly #retain: boolean
  #last = 0
  #socket: WebSocket | undefined

  constructor(subject: string, retain: boolean) {
    this.subject = subject
    this.#retain = retain
  }

  /** Publishes until the relay ends. */
  async begin(url: string): Promise<void> {
    this.acks = 0
    const socket = await openSocket<PublisherFrame>(url, (frame) => this.#receive(frame))
    this.#socket = socket
    socket.send(JSON.stringify({ Subscribe: { ref: 0, subject: this.subject } }))
    for (let i = 0; i < mostInFlight; i++) this.#publish()
  }

  async end(): Promise<void> {
    await endOf(this.#socket)
  }

  #publish(): void {
    const ref = ++this.#last
    const more = this.#retain && { retain: true }
    this.#socket?.send(JSON.stringify({ Publish: { ref, subject: this.subject, message: `${ref}`, ...more } }))
  }

  #receive(frame: PublisherFrame): void {
    if (frame.Message) this.heard.set(Number(frame.Message.message), frame.Message.position)
    if (!frame.Ack || frame.Ack.ref === 0) return
    this.acknowledged.add(frame.Ack.ref)
    this.acks++
    this.#publish()
  }
}

/** Reads the messages of a file, as the next relay will find them. */
function messagesIn(file: string): readonly FileMessage[] {
  const start = { now: realClock.wall(), random: realClock.random() }
  const store = openStoreFile(file, { limits: defaultStoreLimits, start })
  try {
    return [...store.messages()]
  } finally {
    store.close()
  }
}

/** Compares the messages of a publisher with what was acknowledged and delivered. */
function check({ subject, acknowledged, heard }: Publisher, all: readonly FileMessage[]): void {
  const found = all.filter((message) => message.subject === subject)
  const positions = new Map(found.map(({ payload, position }) => [Number(payload), position]))
  const numbers = [...positions.keys()]
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
  expect(numbers).toHaveLength(found.length)
  const isShort = subject.startsWith('short')
  const oldest = isShort ? (numbers[0] ?? 0) : 0
  const must = [...acknowledged, ...heard.keys()].filter((number) => number >= oldest)
  expect({ subject, lost: must.filter((number) => !positions.has(number)) }).toEqual({ subject, lost: [] })
  for (const [number, position] of heard) if (number >= oldest) expect(positions.get(number)).toBe(position)
  if (isShort && acknowledged.size >= kept) expect(found).toHaveLength(kept)
}

it.each([
  ['a relay', kills, []],
  ['the primary of two workers', Math.ceil(kills / 5), ['--workers', '2']],
])(
  '%s that is killed while clients publish has all messages that were acknowledged or delivered, each once (FX-STO-3)',
  async (_, times, flags) => {
    const random = seededRandom(seed)
    const cwd = temporaryFolder()
    writeFileSync(path.join(cwd, 'wildcast.toml'), config)
    const all = ['log.a', 'log.b', 'short.a', 'short.b'].map((subject) => new Publisher(subject, subject.endsWith('b')))
    let newest = ''
    for (let run = 0; run < times; run++) {
      const relay = start(['up', ...flags], { cwd })
      const [port] = await portsOf(relay, 1)
      const acknowledged = Math.floor(random() * 1000)
      await Promise.all(all.map((publisher) => publisher.begin(`ws://127.0.0.1:${port}/ws`)))
      await expect
        .poll(() => all.reduce((sum, { acks }) => sum + acks, 0), { interval: 1 })
        .toBeGreaterThan(acknowledged)
      await killRelay(relay)
      await Promise.all(all.map((publisher) => publisher.end()))
      const messages = messagesIn(path.join(cwd, 'wildcast.db'))
      for (const publisher of all) check(publisher, messages)
      const last = messages.at(-1)?.position ?? ''
      expect(last > newest).toBe(true)
      newest = last
    }
  },
  longestMs,
)
