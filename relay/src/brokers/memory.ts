import { type BrokerMessage, isExact, type Pattern, type Subject, WildcastError } from '@wildcast/protocol'
import type {
  Broker,
  BrokerEvents,
  BrokerRequestOptions,
  Features,
  Interest,
  Listener,
  OpenBroker,
} from '../core/broker.js'
import type { Clock } from '../core/clock.js'
import type { HistoryStore } from '../core/history-store.js'
import type { Soon, ValueStore } from '../core/store.js'
import type { LocalStore, OpenStore, Subscribers } from '../stores/local-store.js'
import { memoryStore } from '../stores/memory/memory-store.js'
import { everyFeature } from './every-feature.js'
import { type Deliver, Listeners } from './listeners.js'
import { noRules } from './no-rules.js'
import { noServer } from './no-server.js'
import { type Queue, queue } from './queue.js'
import { type PendingReplies, replies } from './replies.js'
import { answerTo, requestSubject, responseSubject, servedPattern } from './request-subjects.js'
import { runAfterRun } from './run-after-run.js'
import { unawaited } from './unawaited.js'

/** The clock and ids of a memory broker. */
export interface MemoryPorts {
  readonly clock: Clock
  /** Returns a new, unguessable segment with each call. */
  readonly newId: () => string
  /** Opens the store of its values. @default in memory */
  readonly store?: OpenStore | undefined
}

/**
 * Opens a broker inside the process. Responders answer on subjects under `_reply`, which clients
 * can neither guess nor subscribe to.
 * @example
 * const main = memory({ clock: realClock, newId })
 * createRelay({ brokers: { main }, newId, onError: console.error })
 */
export function memory(ports: MemoryPorts): OpenBroker {
  return async (events) => {
    const broker = new Memory(ports, events)
    await broker.open(ports.store ?? memoryStore(ports))
    events.status('up')
    return broker
  }
}

const replyPrefix = '_reply.'
const withoutHistory: Features = { ...everyFeature, history: noRules }

interface Responder {
  readonly deliver: Deliver
  /** The subjects on which its requesters wait. */
  readonly callers: Set<Subject>
}

class Memory implements Broker, Subscribers {
  readonly #newId: () => string
  readonly #events: BrokerEvents
  readonly #listeners: Listeners = new Listeners()
  /** The subscribers that answer requests without a responder. */
  readonly #answering: Listeners = new Listeners()
  readonly #queues: Map<string, Queue<BrokerMessage>> = new Map()
  readonly #responders: Map<Pattern, Responder> = new Map()
  readonly #waiting: PendingReplies
  #values: LocalStore | undefined
  #closed = false
  // A publish from inside a delivery waits until that delivery has ended, so that all subscribers
  // see the same order.
  readonly #inOrder: (run: () => void) => void = runAfterRun()

  constructor({ clock, newId }: MemoryPorts, events: BrokerEvents) {
    this.#newId = newId
    this.#events = events
    this.#waiting = replies(clock)
  }

  async open(store: OpenStore): Promise<void> {
    this.#values = await store(this)
  }

  get features(): Features {
    return this.#values?.history ? everyFeature : withoutHistory
  }

  get values(): ValueStore | undefined {
    return this.#values
  }

  get history(): HistoryStore | undefined {
    return this.#values?.history
  }

  deliver(change: BrokerMessage): void {
    this.#inOrder(() => this.#deliver(change))
  }

  delivered(): Soon<void> {
    let isOver = false
    let end = (): void => {
      isOver = true
    }
    this.#inOrder(() => end())
    if (isOver) return undefined
    return new Promise((resolve) => {
      end = resolve
    })
  }

  lost(cause: WildcastError): void {
    this.#events.status('down', cause)
    this.#events.status('up')
  }

  async subscribe(interest: Interest, listener: Listener): Promise<() => Promise<void>> {
    if (this.#closed) throw closedError()
    const { pattern, group, serve, answers } = interest
    const deliver: Deliver = (message) => listener.deliver(message)
    const leave = serve
      ? this.#serve(pattern, deliver)
      : group === undefined
        ? this.#listeners.add(pattern, deliver)
        : this.#join(pattern, group, deliver)
    const leaveRequests = answers ? this.#answering.add(pattern, this.#queueOf(interest)?.next ?? deliver) : undefined
    return async () => {
      leave()
      leaveRequests?.()
    }
  }

  publish(message: BrokerMessage): Promise<void> | undefined {
    if (this.#closed) return Promise.reject(closedError())
    if (message.more && !this.#isAwaited(message.subject)) return Promise.reject(unawaited())
    this.#inOrder(() => this.#deliver(message))
    return undefined
  }

  // Not `async`, nor the methods that it calls: each promise adds a tenth to the time of a request.
  request(message: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage> {
    const subject = message.subject as Subject
    const id = this.#newId()
    const responder = this.#responders.get(subject)
    const takers = responder ? [responder.deliver] : this.#otherTakers(id, subject)
    if (!takers) return Promise.reject(noServer(subject, 'is not there'))
    // Without a responder, a subscriber may answer by the original's scheme.
    const isOriginal = takers.length === 0
    const requestOn = isOriginal ? requestSubject(id, subject) : subject
    const answerOn = isOriginal ? responseSubject(id, subject) : (`${replyPrefix}${id}` as Subject)
    responder?.callers.add(answerOn)
    const answer = this.#waiting.wait(answerOn, options, () => responder?.callers.delete(answerOn))
    this.#send({ ...message, subject: requestOn, responseSubject: answerOn }, takers)
    return answer
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#waiting.failAll(closedError())
    await this.#values?.close()
  }

  /**
   * Returns the subscribers that answer a request without a responder, one for each group. Empty if
   * one may answer by the original's scheme; undefined without any.
   */
  #otherTakers(id: string, subject: Subject): readonly Deliver[] | undefined {
    if (this.#listeners.at(requestSubject(id, subject)).length > 0) return []
    const takers = new Set(this.#answering.at(subject).map(({ deliver }) => deliver))
    return takers.size > 0 ? [...takers] : undefined
  }

  /** Separate from `request`, whose closure would keep the payload alive while it waits. */
  #send(request: BrokerMessage, takers: readonly Deliver[]): void {
    this.#inOrder(() => {
      if (takers.length === 0) this.#deliver(request)
      for (const deliver of takers) deliver(request)
    })
  }

  #isAwaited(subject: Pattern): boolean {
    return this.#waiting.has(subject) || this.#listeners.at(subject).length > 0
  }

  #deliver(message: BrokerMessage): void {
    if (isExact(message.subject) && this.#waiting.take(message)) return
    if (message.subject.startsWith(replyPrefix)) this.#events.dropped('late_answer')
    for (const listener of this.#listeners.at(message.subject)) listener.deliver(message)
    // It asks for an answer, as a request does.
    if (message.responseSubject !== undefined) this.#responders.get(message.subject)?.deliver(message)
  }

  #queueOf({ pattern, group }: Pick<Interest, 'pattern' | 'group'>): Queue<BrokerMessage> | undefined {
    return group === undefined ? undefined : this.#queues.get(`${group} ${pattern}`)
  }

  #join(pattern: Pattern, group: string, deliver: Deliver): () => void {
    const key = `${group} ${pattern}`
    const present = this.#queueOf({ pattern, group })
    if (present) return present.join(deliver)
    const members = queue<BrokerMessage>(() => {
      leave()
      this.#queues.delete(key)
    })
    const leave = this.#listeners.add(pattern, members.next)
    this.#queues.set(key, members)
    return members.join(deliver)
  }

  #serve(subject: Pattern, deliver: Deliver): () => void {
    if (this.#responders.has(subject)) throw new WildcastError('already_served', `"${subject}" has a server already`)
    const responder: Responder = { deliver, callers: new Set() }
    this.#responders.set(subject, responder)
    const leave = this.#listeners.add(servedPattern(subject), (message) =>
      deliver({ ...message, subject, responseSubject: message.responseSubject ?? answerTo(message.subject) }),
    )
    return () => {
      leave()
      if (this.#responders.get(subject) === responder) this.#responders.delete(subject)
      const left = noServer(subject, 'left')
      for (const caller of responder.callers) this.#waiting.fail(caller, left)
    }
  }
}

function closedError(): WildcastError {
  return new WildcastError('broker_down', 'the broker was closed')
}
