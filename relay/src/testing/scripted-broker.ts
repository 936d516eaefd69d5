import type { Message, Pattern } from '@wildcast/protocol'
import type { Broker, BrokerEvents, Features, Interest, OpenBroker } from '../brokers/broker.js'

/** A broker whose confirmations, link and deliveries a test decides on. */
export interface ScriptedBroker {
  readonly open: OpenBroker
  /** What the relay did, in order: `+pattern`, `-pattern`, `!subject`. */
  readonly log: string[]
  status(now: 'up' | 'down'): void
  /** Confirms what was asked for so far; until `hold` was called, everything is at once. */
  confirm(): void
  /** Refuses it instead. */
  refuse(cause: unknown): void
  hold(): void
  /** Delivers to every interest of that pattern. */
  deliver(pattern: string, message: Message): void
}

const nothing = 'a test decides what it does'

export function scriptedBroker(features: Partial<Features> = {}): ScriptedBroker {
  const log: string[] = []
  const interests = new Map<string, Set<(message: Message) => void>>()
  let waiting: { resolve(): void; reject(cause: unknown): void }[] = []
  let held = false
  let events: BrokerEvents | undefined

  const broker: Broker = {
    features: {
      queue: true,
      request: nothing,
      serve: true,
      response_subject: true,
      headers: true,
      wildcard: true,
      ...features,
    },
    async subscribe({ pattern }: Interest, deliver) {
      log.push(`+${pattern}`)
      if (held) await new Promise<void>((resolve, reject) => waiting.push({ resolve, reject }))
      const delivers = interests.get(pattern) ?? new Set()
      interests.set(pattern, delivers.add(deliver))
      return async () => {
        log.push(`-${pattern}`)
        delivers.delete(deliver)
      }
    },
    async publish({ subject }: { subject: Pattern }) {
      log.push(`!${subject}`)
    },
    async close() {
      log.push('closed')
    },
  }
  return {
    log,
    open: async (told) => {
      events = told
      told.status('up')
      return broker
    },
    status: (now) => events?.status(now),
    hold() {
      held = true
    },
    confirm() {
      for (const { resolve } of waiting.splice(0)) resolve()
      held = false
    },
    refuse(cause) {
      for (const { reject } of waiting.splice(0)) reject(cause)
      waiting = []
      held = false
    },
    deliver(pattern, message) {
      for (const deliver of interests.get(pattern) ?? []) deliver(message)
    },
  }
}
