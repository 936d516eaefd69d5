import { type BrokerMessage, payloadSize, WildcastError } from '@wildcast/protocol'
import type { RuleSource } from '../core/access/grants.js'
import type { Interest, Settle } from '../core/broker.js'
import { traceField, withTraceOf } from '../core/headers.js'
import type { Inside } from '../core/inside.js'
import type { Observer } from '../core/observer.js'
import type { OnFailure } from '../core/outlet.js'
import { type Part, part } from '../core/part.js'
import { requestedSubject } from '../core/requested.js'
import { hop, LoopLimit, mostHops } from './hops.js'
import { ofComponent } from './of-component.js'
import { outputPermission } from './output-permission.js'
import type { CheckedOutput } from './read-outputs.js'
import { answerSubject, type Defaults, route } from './route.js'
import type { Thread } from './thread.js'

export interface HostOptions {
  readonly id: string
  /** The broker that triggers it. */
  readonly broker: string
  readonly interest: Interest
  readonly result: Defaults
  /** The rules for its outputs. Absent: every output is allowed. */
  readonly role?: RuleSource | undefined
  /** How many messages run at once. */
  readonly concurrency: number
  readonly inside: Inside
  readonly thread: Thread
  readonly observer: Observer
  readonly onError: OnFailure
  /** Whether a message on this broker and subject would trigger a component of this relay. */
  triggers(broker: string, message: BrokerMessage): boolean
}

interface Waiting {
  readonly message: BrokerMessage
  readonly settle: Settle | undefined
  /** How often it was tried before. */
  readonly tries: number
}

/** Limits of what waits for a component that is slower than its messages. */
const mostWaiting = 1000
const mostWaitingBytes = 16 * 1024 * 1024
/**
 * How often a queue's message is tried if its component is interrupted: after that, the message is
 * the likely cause.
 */
const mostTries = 3

/** Delivers messages to a component, and publishes its outputs. */
export class Host {
  readonly #options: HostOptions
  readonly #loops: LoopLimit
  readonly #permit: ReturnType<typeof outputPermission>
  readonly #waiting: Waiting[] = []
  #waitingBytes = 0
  #running = 0
  #closed = false
  #leave: Promise<() => Promise<void>> | undefined
  /** Why it receives no messages. */
  #unsubscribed: string | undefined = 'its broker has not confirmed its subscription'

  constructor(options: HostOptions) {
    this.#options = options
    this.#loops = new LoopLimit(options.inside.clock)
    this.#permit = outputPermission(options.role)
  }

  /** Resolves when the broker has confirmed the subscription, which may be when it is reached. */
  open(): Promise<unknown> {
    const { inside, broker, interest } = this.#options
    this.#leave = inside.listen(broker, interest, {
      deliver: (message, settle) => this.#enqueue({ message, settle, tries: 0 }),
      ended: (error) => {
        this.#unsubscribed = error.message
        this.#fail(error)
      },
    })
    this.#leave.then(
      () => {
        this.#unsubscribed = undefined
      },
      (cause: unknown) => {
        this.#unsubscribed = WildcastError.from(cause).message
      },
    )
    return this.#leave
  }

  /** The status of the component. */
  part(): Part {
    return part(`component "${this.#options.id}"`, this.#options.thread.down ?? this.#unsubscribed)
  }

  async close(): Promise<void> {
    this.#closed = true
    // If its broker was never reached, or refuses, the subscription ends when the broker is closed.
    void this.#leave?.then((leave) => leave()).catch(() => {})
    for (const { settle } of this.#waiting.splice(0)) settle?.(false)
    await this.#options.thread.close()
  }

  #enqueue(waiting: Waiting): void {
    const { id, observer } = this.#options
    const bytes = payloadSize(waiting.message.payload)
    if (this.#waiting.length >= mostWaiting || this.#waitingBytes + bytes > mostWaitingBytes) {
      observer.component(id, 'overloaded')
      waiting.settle?.(false)
      if (!waiting.settle)
        this.#fail(
          new WildcastError('rate_limited', 'messages arrive faster than it handles them; one was dropped'),
          waiting.message,
        )
      return
    }
    this.#waiting.push(waiting)
    this.#waitingBytes += bytes
    this.#next()
  }

  #next(): void {
    if (this.#running >= this.#options.concurrency) return
    const waiting = this.#waiting.shift()
    if (!waiting) return
    this.#waitingBytes -= payloadSize(waiting.message.payload)
    this.#running++
    void this.#run(waiting).finally(() => {
      this.#running--
      this.#next()
    })
  }

  async #run(waiting: Waiting): Promise<void> {
    const { thread, observer, id } = this.#options
    const ran = await thread.run(waiting.message).catch((cause: unknown) => WildcastError.from(cause))
    if (ran instanceof WildcastError) {
      observer.component(id, ran.code === 'timeout' ? 'timeout' : 'interrupted')
      this.#fail(ran, waiting.message)
      this.#retry(waiting)
      return
    }
    const published = await Promise.allSettled(ran.outputs.map((output) => this.#publish(output, waiting.message)))
    const failures = published.flatMap((result) =>
      result.status === 'rejected' ? [WildcastError.from(result.reason)] : [],
    )
    if (ran.error) failures.push(ran.error)
    for (const error of failures) this.#fail(error, waiting.message)
    const looped = failures.some((error) => error instanceof LoopError)
    observer.component(id, looped ? 'looped' : failures.length > 0 ? 'failed' : 'ok')
    // A retry of a failed component would fail again, and outputs must not be published twice.
    waiting.settle?.(true)
  }

  /**
   * Retries a queue's message whose run was interrupted, since not every broker would deliver it
   * again.
   */
  #retry({ message, settle, tries }: Waiting): void {
    if (this.#closed) settle?.(false)
    else if (this.#options.interest.group !== undefined && tries + 1 < mostTries)
      this.#enqueue({ message, settle, tries: tries + 1 })
    else settle?.(true)
  }

  /**
   * @throws {WildcastError} `invalid_subject`, `forbidden`, `unknown_broker`, `too_large`,
   * `broker_down` …
   */
  async #publish(output: CheckedOutput, trigger: BrokerMessage): Promise<void> {
    const { inside, broker: own, result, triggers } = this.#options
    const routed = route(output, trigger, { own, result })
    this.#permit(routed, trigger)
    const { broker, message } = routed
    const answered = message.subject === answerSubject(trigger) ? requestedSubject(trigger.subject) : undefined
    if (!inside.can(broker, 'headers')) {
      if (triggers(broker, message) && !this.#loops.allows(broker, message.subject))
        throw new LoopError(message, 'would trigger a component too often')
      return inside.publish(broker, message, answered)
    }
    const onward = hop(message, trigger)
    if (!onward) throw new LoopError(message, `has come through ${mostHops} components`)
    return inside.publish(broker, withTraceOf(onward, trigger), answered)
  }

  #fail(error: WildcastError, trigger?: BrokerMessage): void {
    const { id, broker, onError } = this.#options
    onError(ofComponent(id, error), { stage: 'component', broker, ...(trigger && traceField(trigger)) })
  }
}

/** An output was stopped that would loop forever. */
class LoopError extends WildcastError {
  constructor({ subject }: BrokerMessage, why: string) {
    super('rate_limited', `its output on "${subject}" ${why} and was stopped: look for a circle`)
  }
}
