import { type BrokerMessage, parseSubject, type WildcastError } from '@wildcast/protocol'
import type { BrokerConnection, ConnectionEvents, Driver, Native, Sink } from '../brokers/foreign/driver.js'
import type { Features, Interest, Settle } from '../core/broker.js'
import { HistoryRules } from '../core/history-rules.js'
import type { HistoryStore } from '../core/history-store.js'
import { noPosition } from '../core/position.js'
import type { ValueStore } from '../core/store.js'
import { rule } from './history-under-test.js'

/** A connection whose answers a test gives. */
export interface ScriptedConnection {
  /**
   * The calls to the broker, in order: `+key`, `-key`, `!subject`, `?subject`, `ping`, `closed`; to
   * its stores: `=subject`, `read subject`, `page pattern`, `mark`, `renew lease`, `+=subject`,
   * `history pattern`, `state pattern`, `forget`.
   */
  readonly log: string[]
  /** Refuses later calls for this key. */
  refuse(key: string, error: WildcastError): void
  /** Ends the subscription of this key, as the broker. */
  withdraw(key: string, error: WildcastError): void
  /** Holds back every answer from now on. */
  hold(): void
  /** Answers what was held back, and everything from now on. */
  answer(): void
  deliver(key: string, subject: string, settle?: Settle): void
  lose(cause: unknown): void
}

export interface ScriptedDriver extends Driver {
  /** All opened connections, in order. */
  readonly connections: ScriptedConnection[]
  /** Makes the broker unreachable, or, without a cause, reachable again. */
  fail(cause?: WildcastError): void
}

const features = { retained: true, history: true } as Features

const rules = new HistoryRules([rule('room.*')])

/** A driver whose native subscriptions are the patterns themselves. */
export function scriptedDriver(nativeOf: (interest: Interest) => Native = plain): ScriptedDriver {
  const connections: ScriptedConnection[] = []
  let failure: WildcastError | undefined
  return {
    features,
    rules,
    connections,
    nativeOf,
    fail(cause) {
      failure = cause
    },
    async connect(events) {
      if (failure) throw failure
      const { connection, script } = scriptedConnection(events)
      connections.push(script)
      return connection
    },
  }
}

function plain({ pattern, group, serve }: Interest): Native {
  return {
    key: group === undefined ? pattern : `${pattern} ${group}`,
    exact: true,
    wildcard: pattern.includes('*'),
    single: group !== undefined || serve === true,
  }
}

/** A store without values, whose writes are the first of their subjects. */
function scriptedValues(
  call: (what: string, error?: WildcastError) => Promise<void>,
  refused: Map<string, WildcastError>,
): ValueStore {
  return {
    async write({ message: { subject } }) {
      await call(`=${subject}`, refused.get(subject))
      return { kind: 'written', revision: '1' }
    },
    async read(subject) {
      await call(`read ${subject}`, refused.get(subject))
      return undefined
    },
    async page(pattern) {
      await call(`page ${pattern}`, refused.get(pattern))
      return { values: [] }
    },
    mark: () => call('mark'),
    renew: (lease) => call(`renew ${lease}`),
  }
}

/** A history without messages. */
function scriptedHistory(
  call: (what: string, error?: WildcastError) => Promise<void>,
  refused: Map<string, WildcastError>,
): HistoryStore {
  const state = { newest: noPosition, forgotten: noPosition }
  return {
    rules,
    async append({ subject }) {
      await call(`+=${subject}`, refused.get(subject))
      return noPosition
    },
    async historyPage(pattern) {
      await call(`history ${pattern}`, refused.get(pattern))
      return { ...state, messages: [] }
    },
    async historyState(pattern) {
      await call(`state ${pattern}`, refused.get(pattern))
      return { ...state, isKnown: true }
    },
    forget: () => call('forget'),
  }
}

function scriptedConnection(events: ConnectionEvents): { connection: BrokerConnection; script: ScriptedConnection } {
  const log: string[] = []
  const sinks = new Map<string, Sink>()
  const withdrawals = new Map<string, (error: WildcastError) => void>()
  const refused = new Map<string, WildcastError>()
  const held: (() => void)[] = []
  let holding = false

  const call = (what: string, error?: WildcastError): Promise<void> => {
    log.push(what)
    const settle = (): Promise<void> => (error ? Promise.reject(error) : Promise.resolve())
    return holding ? new Promise<void>((resolve) => held.push(resolve)).then(settle) : settle()
  }
  return {
    script: {
      log,
      refuse: (key, error) => refused.set(key, error),
      withdraw: (key, error) => withdrawals.get(key)?.(error),
      hold() {
        holding = true
      },
      answer() {
        holding = false
        for (const answer of held.splice(0)) answer()
      },
      deliver(key, subject, settle) {
        const message: BrokerMessage = { subject: parseSubject(subject), payload: subject }
        sinks.get(key)?.(message, settle)
      },
      lose: (cause) => events.lost(cause),
    },
    connection: {
      values: scriptedValues(call, refused),
      history: scriptedHistory(call, refused),
      subscribe({ key }, sink) {
        sinks.set(key, sink)
        return {
          confirmed: call(`+${key}`, refused.get(key)),
          ended: new Promise((resolve) => withdrawals.set(key, resolve)),
          end() {
            sinks.delete(key)
            return call(`-${key}`)
          },
        }
      },
      publish: ({ subject }) => call(`!${subject}`, refused.get(subject)),
      async request(message) {
        await call(`?${message.subject}`, refused.get(message.subject))
        return message
      },
      ping: () => call('ping'),
      async close() {
        log.push('closed')
      },
    },
  }
}
