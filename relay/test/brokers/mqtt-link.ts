import { type Message, parsePattern, parseSubject, payloadBytes, type WildcastError } from '@wildcast/protocol'
import { onTestFinished } from 'vitest'
import type { Outside } from '../../src/brokers/broker.contract.js'
import type { Broker, Interest } from '../../src/brokers/broker.js'
import type { ForeignPorts } from '../../src/brokers/foreign/foreign-broker.js'
import { mqtt } from '../../src/brokers/mqtt.js'
import type { MqttSettings } from '../../src/brokers/settings.js'
import { newId, realClock } from '../../src/index.js'
import { Inbox } from '../../src/testing/inbox.js'
import { listener } from '../../src/testing/listener.js'
import type { Mosquitto } from '../servers/mosquitto.js'
import { type MosquittoSub, mosquittoPub, mosquittoSub } from '../servers/mosquitto-clients.js'

/** A relay's link to an MQTT server, and what it said. */
export interface MqttLink {
  readonly broker: Broker
  readonly statuses: string[]
  /** Why it went down, each time. */
  readonly reasons: string[]
  readonly dropped: string[]
  /** Everything that an interest gets. */
  listen(pattern: string, more?: Omit<Interest, 'pattern'>): Promise<Inbox>
  publish(subject: string, payload?: Message['payload'], more?: Partial<Message>): Promise<void>
  request(subject: string, payload?: string, onPart?: (part: Message) => void): Promise<Message>
  /** Serves with the answers that `answer` gives. */
  serve(subject: string, answer: (question: Message) => readonly Partial<Message>[]): Promise<() => Promise<void>>
}

/** Opens a link until the test is done. Its requests wait long: a test that is to end sooner says so. */
export async function mqttLink(
  address: string,
  settings: Partial<MqttSettings> = {},
  ports: Partial<ForeignPorts> = {},
): Promise<MqttLink> {
  const [statuses, reasons, dropped]: [string[], string[], string[]] = [[], [], []]
  const open = mqtt({ address, ...settings }, { clock: realClock, newId, ...ports })
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

export const five = ['-V', 'mqttv5'] as const

export const versions = ['5', '3.1.1'] as const

/** Somebody who listens with mosquitto_sub, until the test is done. */
export async function spy(port: number, filter: string, flags: readonly string[] = five): Promise<MosquittoSub> {
  const sub = await mosquittoSub(port, [filter], flags)
  onTestFinished(() => sub.stop())
  return sub
}

/** The server as mosquitto's own programs see it. */
export function outside(server: () => Mosquitto): Outside {
  return {
    publish: (subject, payload) => mosquittoPub(server().port, subject.replaceAll('.', '/'), payload),
    async listen(subject) {
      const inbox = new Inbox()
      const sub = await spy(server().port, subject.replaceAll('.', '/'))
      const next = async (): Promise<void> => {
        const { topic, payload } = await sub.next()
        inbox.put({ subject: parseSubject(topic.replaceAll('/', '.')), payload })
        await next()
      }
      next().catch(() => {}) // it was stopped
      return inbox
    },
    kill: () => server().kill(),
    restart: () => server().restart(),
  }
}

export const text = (message: Message | undefined): string =>
  new TextDecoder().decode(payloadBytes(message?.payload ?? ''))
