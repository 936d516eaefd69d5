import { type BrokerMessage, isExact, type Pattern, type Subject, WildcastError } from '@wildcast/protocol'
import type { Broker, BrokerRequestOptions, Features, Interest, Listener, OpenBroker } from '../core/broker.js'
import type { Clock } from '../core/clock.js'
import { everyFeature } from './every-feature.js'
import { type Deliver, Listeners } from './listeners.js'
import { noServer } from './no-server.js'
import { type Queue, queue } from './queue.js'
import { type PendingReplies, replies } from './replies.js'
import { answerTo, requestSubject, responseSubject, servedPattern } from './request-subjects.js'
import { turns } from './turns.js'
import { unawaited } from './unawaited.js'

/** What the memory broker needs from outside. */
export interface MemoryPorts {
  readonly clock: Clock
  /** Gives a fresh, unguessable segment with each call. */
  readonly newId: () => string
}

/**
 * A broker inside the process, whose network has length zero. Servers answer on subjects under
 * `_reply`, which nobody can guess or listen to.
 * @example createRelay({ brokers: { main: memory({ clock: realClock, newId }) }, newId, onError: console.error })
 */
export function memory(ports: MemoryPorts): OpenBroker {
  return async (events) => {
    events.status('up')
    return new Memory(ports, () => events.dropped('late_answer'))
  }
}

const replyPrefix = '_reply.'

interface Server {
  readonly deliver: Deliver
  /** Where its callers wait. */
  readonly callers: Set<Subject>
}

class Memory implements Broker {
  readonly features: Features = everyFeature
  readonly #newId: () => string
  readonly #late: () => void
  readonly #listeners: Listeners = new Listeners()
  readonly #queues: Map<string, Queue<BrokerMessage>> = new Map()
  readonly #servers: Map<Pattern, Server> = new Map()
  readonly #waiting: PendingReplies
  #closed = false
  // What is published inside a delivery waits until that delivery is through, so that everybody
  // sees the same order.
  readonly #inTurn: (run: () => void) => void = turns()

  /** `late` is called for an answer that no caller waits for any more. */
  constructor({ clock, newId }: MemoryPorts, late: () => void) {
    this.#newId = newId
    this.#late = late
    this.#waiting = replies(clock)
  }

  async subscribe({ pattern, group, serve }: Interest, listener: Listener): Promise<() => Promise<void>> {
    if (this.#closed) throw closedError()
    const deliver: Deliver = (message) => listener.deliver(message)
    const leave = serve
      ? this.#serve(pattern, deliver)
      : group === undefined
        ? this.#listeners.add(pattern, deliver)
        : this.#join(pattern, group, deliver)
    return async () => leave()
  }

  publish(message: BrokerMessage): Promise<void> | undefined {
    if (this.#closed) return Promise.reject(closedError())
    if (message.more && !this.#isAwaited(message.subject)) return Promise.reject(unawaited())
    this.#inTurn(() => this.#handOut(message))
    return undefined
  }

  // Neither this nor what it calls is `async`, since each promise more takes a tenth of a request.
  request(message: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage> {
    const subject = message.subject as Subject
    const id = this.#newId()
    const server = this.#servers.get(subject)
    // Nobody serves: somebody may still listen by the original's scheme.
    const asked = server ? subject : requestSubject(id, subject)
    const answered = server ? (`${replyPrefix}${id}` as Subject) : responseSubject(id, subject)
    if (!server && this.#listeners.at(asked).length === 0) return Promise.reject(noServer(subject, 'is not there'))
    server?.callers.add(answered)
    const answer = this.#waiting.wait(answered, options, () => server?.callers.delete(answered))
    this.#ask({ ...message, subject: asked, responseSubject: answered }, server)
    return answer
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#waiting.failAll(closedError())
  }

  /** Apart from `request`, whose wait would keep the question and its payload alive. */
  #ask(question: BrokerMessage, server: Server | undefined): void {
    this.#inTurn(() => (server ? server.deliver(question) : this.#handOut(question)))
  }

  #isAwaited(subject: Pattern): boolean {
    return this.#waiting.has(subject) || this.#listeners.at(subject).length > 0
  }

  #handOut(message: BrokerMessage): void {
    if (isExact(message.subject) && this.#waiting.take(message)) return
    if (message.subject.startsWith(replyPrefix)) this.#late()
    for (const listener of this.#listeners.at(message.subject)) listener.deliver(message)
  }

  #join(pattern: Pattern, group: string, deliver: Deliver): () => void {
    const key = `${group} ${pattern}`
    const present = this.#queues.get(key)
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
    if (this.#servers.has(subject)) throw new WildcastError('already_served', `"${subject}" has a server already`)
    const server: Server = { deliver, callers: new Set() }
    this.#servers.set(subject, server)
    const leave = this.#listeners.add(servedPattern(subject), (message) =>
      deliver({ ...message, subject, responseSubject: message.responseSubject ?? answerTo(message.subject) }),
    )
    return () => {
      leave()
      if (this.#servers.get(subject) === server) this.#servers.delete(subject)
      const left = noServer(subject, 'left')
      for (const caller of server.callers) this.#waiting.fail(caller, left)
    }
  }
}

function closedError(): WildcastError {
  return new WildcastError('broker_down', 'the broker was closed')
}
