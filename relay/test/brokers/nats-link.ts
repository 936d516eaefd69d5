import { connect as tcp } from 'node:net'
import { type Message, parsePattern, parseSubject, payloadBytes, type WildcastError } from '@wildcast/protocol'
import type { NatsConnection } from 'nats'
import { onTestFinished } from 'vitest'
import type { Broker, Interest } from '../../src/brokers/broker.js'
import { nats } from '../../src/brokers/nats.js'
import type { NatsSettings } from '../../src/brokers/settings.js'
import { newId, realClock } from '../../src/index.js'
import { Inbox } from '../../src/testing/inbox.js'
import { deaf, listener } from '../../src/testing/listener.js'
import type { Nats } from '../servers/nats.js'
import { natsClient } from '../servers/nats-client.js'

/** A relay's link to NATS, and what it said. */
export interface NatsLink {
  readonly broker: Broker
  readonly statuses: string[]
  /** Why it is down, each that it found. */
  readonly reasons: string[]
  readonly dropped: string[]
  /** Everything that an interest gets. */
  listen(pattern: string, more?: Omit<Interest, 'pattern'>): Promise<Inbox>
  publish(subject: string, payload?: string, more?: Partial<Message>): Promise<void>
  request(subject: string, payload?: string, onPart?: (part: Message) => void): Promise<Message>
  /** Serves with the answers that `answer` gives. */
  serve(subject: string, answer: (question: Message) => readonly Partial<Message>[]): Promise<() => Promise<void>>
}

/** Opens a link until the test is done. Its requests wait long: a test that is to end sooner says so. */
export async function natsLink(server: Pick<Nats, 'url'>, settings: Partial<NatsSettings> = {}): Promise<NatsLink> {
  const [statuses, reasons, dropped]: [string[], string[], string[]] = [[], [], []]
  const open = nats({ addresses: [server.url], ...settings }, { clock: realClock, newId })
  const broker = await open({
    status(now, cause) {
      // While it is down it may find another reason for that.
      if (statuses.at(-1) !== now) statuses.push(now)
      if (now === 'down') reasons.push((cause as WildcastError).message)
    },
    dropped: (why) => dropped.push(why),
  })
  onTestFinished(() => broker.close())

  return {
    broker,
    statuses,
    reasons,
    dropped,
    async listen(pattern, more = {}) {
      const inbox = new Inbox()
      const interest = { pattern: parsePattern(pattern), ...more }
      inbox.undo = await broker.subscribe(
        interest,
        listener((message) => inbox.put(message)),
      )
      return inbox
    },
    publish: (subject, payload = '', more = {}) => broker.publish({ subject: parseSubject(subject), payload, ...more }),
    async request(subject, payload = '', onPart = () => {}) {
      const answer = await broker.request?.({ subject: parseSubject(subject), payload }, { timeoutMs: 60_000, onPart })
      return answer as Message
    },
    serve: (subject, answer) =>
      broker.subscribe(
        { pattern: parseSubject(subject), serve: true },
        listener((question) => {
          for (const part of answer(question))
            void broker.publish({ subject: question.responseSubject ?? question.subject, payload: '', ...part })
        }),
      ),
  }
}

/** Somebody else's client, until the test is done. */
export async function stranger(server: Nats): Promise<NatsConnection> {
  const client = await natsClient(server)
  onTestFinished(() => client.close())
  return client
}

export const text = (message: Message | undefined): string =>
  new TextDecoder().decode(payloadBytes(message?.payload ?? ''))

/** How many subscriptions each client has at the server. */
export async function subscriptionsAt(server: Nats): Promise<number[]> {
  const { connections } = (await (await fetch(`${server.monitor}/connz`)).json()) as {
    connections: { subscriptions: number }[]
  }
  return connections.map(({ subscriptions }) => subscriptions)
}

/** Opens a link until the test is done, and tells what it said: `up`, or why it is down. */
export async function linked(settings: NatsSettings): Promise<string[]> {
  const said: string[] = []
  const broker = await nats(settings, { clock: realClock, newId })({
    status: (now, cause) => said.push(now === 'up' ? now : (cause as Error).message),
    dropped: () => {},
  })
  onTestFinished(() => broker.close())
  // What is confirmed shows that the server takes more than the handshake.
  if (said[0] === 'up') await broker.subscribe({ pattern: parsePattern('a.*') }, deaf)
  return said
}

export async function whyDown(settings: NatsSettings): Promise<string | undefined> {
  const [said] = await linked(settings)
  return said
}

/** Publishes with headers that no client library would write; resolves when the server has taken them. */
export async function natsRaw({ port }: Nats, subject: string, head: string): Promise<void> {
  const socket = tcp({ port, host: '127.0.0.1' })
  socket.write('CONNECT {"headers":true,"verbose":false}\r\n')
  socket.write(`HPUB ${subject} ${head.length} ${head.length}\r\n${head}\r\nPING\r\n`)
  let heard = ''
  for await (const bytes of socket) {
    heard += String(bytes)
    if (/PONG|ERR/.test(heard)) break
  }
  if (heard.includes('ERR')) throw new Error(heard)
}
