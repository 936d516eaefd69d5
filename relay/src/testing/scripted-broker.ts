import {
  type BrokerMessage,
  type ErrorCode,
  matches,
  type Pattern,
  parsePattern,
  type Subject,
  WildcastError,
} from '@wildcast/protocol'
import { keepsNoValues } from '../brokers/keeps-no-values.js'
import type { Broker, BrokerEvents, Features, Interest, Listener, OpenBroker, Settle } from '../core/broker.js'
import type { ValueStore } from '../core/store.js'

/** A broker whose confirmations, link and deliveries a test controls. */
export interface ScriptedBroker {
  readonly open: OpenBroker
  /** The relay's calls, in order: `+pattern`, `-pattern`, `!subject`. */
  readonly log: string[]
  status(now: 'up' | 'down', cause?: unknown): void
  /** Confirms the subscriptions so far. Before `hold`, each is confirmed at once. */
  confirm(): void
  /** Refuses them instead. */
  refuse(cause: unknown): void
  hold(): void
  /** Holds publishes until the returned function is called. */
  holdPublishes(): () => void
  /** From now on, publishes are refused. */
  refusePublishes(code: ErrorCode): void
  /** Delivers to every interest of that pattern. */
  deliver(pattern: string, message: BrokerMessage, settle?: Settle): void
  /** Delivers the change of a value to every interest that it matches. */
  change(value: BrokerMessage): void
  /** Ends every interest of that pattern, as a broker does that withdraws a permission. */
  end(pattern: string, error: WildcastError): void
}

const notScripted = 'the scripted broker has no requests'

export function scriptedBroker(features: Partial<Features> = {}, values?: ValueStore): ScriptedBroker {
  const log: string[] = []
  const interests = new Map<string, Set<Listener>>()
  let waiting: { resolve(): void; reject(cause: unknown): void }[] = []
  let held = false
  let published: Promise<void> | undefined
  let refused: ErrorCode | undefined
  let events: BrokerEvents | undefined

  const broker: Broker = {
    features: {
      queue: true,
      request: notScripted,
      serve: true,
      response_subject: true,
      headers: true,
      wildcard: true,
      ...keepsNoValues(notScripted),
      history: notScripted,
      ...features,
    },
    values,
    async subscribe({ pattern }: Interest, listener) {
      log.push(`+${pattern}`)
      if (held) await new Promise<void>((resolve, reject) => waiting.push({ resolve, reject }))
      const listeners = interests.get(pattern) ?? new Set()
      interests.set(pattern, listeners.add(listener))
      return async () => {
        log.push(`-${pattern}`)
        listeners.delete(listener)
      }
    },
    async publish({ subject }: { subject: Pattern }) {
      log.push(`!${subject}`)
      if (refused) throw new WildcastError(refused, 'refused by the test')
      await published
    },
    async close() {
      log.push('closed')
    },
  }
  return {
    log,
    open: async (brokerEvents) => {
      events = brokerEvents
      brokerEvents.status('up')
      return broker
    },
    status: (now, cause) => events?.status(now, cause),
    hold() {
      held = true
    },
    holdPublishes() {
      let release = (): void => {}
      published = new Promise((resolve) => {
        release = resolve
      })
      return release
    },
    refusePublishes(code) {
      refused = code
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
    deliver(pattern, message, settle) {
      for (const listener of interests.get(pattern) ?? []) listener.deliver(message, settle)
    },
    change(value) {
      for (const [pattern, listeners] of interests)
        if (matches(parsePattern(pattern), value.subject as Subject))
          for (const listener of listeners) listener.deliver(value)
    },
    end(pattern, error) {
      for (const listener of interests.get(pattern) ?? []) listener.ended(error)
      interests.delete(pattern)
    },
  }
}
