import { type BrokerMessage, payloadSize, WildcastError } from '@wildcast/protocol'
import type { Interest, Settle } from '../core/broker.js'
import type { Inside } from '../core/inside.js'
import type { Observer } from '../core/observer.js'
import type { OnFailure } from '../core/outlet.js'
import { type Part, part } from '../core/part.js'
import { hop, LoopLimit, mostHops } from './hops.js'
import { ofComponent } from './of-component.js'
import type { CheckedOutput } from './read-outputs.js'
import { type Defaults, route } from './route.js'
import type { Thread } from './thread.js'

export interface HostOptions {
  readonly id: string
  /** The broker that triggers it. */
  readonly broker: string
  readonly interest: Interest
  readonly result: Defaults
  /** So many messages are worked on at once. */
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
  /** How often it was begun before. */
  readonly tries: number
}

/** So much may wait for a component that is slower than its messages. */
const mostWaiting = 1000
const mostWaitingBytes = 16 * 1024 * 1024
/**
 * So often a queue's message is begun whose component is interrupted each time: by then it is the
 * message that does it.
 */
const mostTries = 3

/** Brings messages to a component, and takes what it says where it belongs. */
export class Host {
  readonly #options: HostOptions
  readonly #loops: LoopLimit
  readonly #waiting: Waiting[] = []
  #waitingBytes = 0
  #running = 0
  #closed = false
  #leave: Promise<() => Promise<void>> | undefined
  /** Why no messages come. */
  #unheard: string | undefined = 'its broker has not confirmed its subscription'

  constructor(options: HostOptions) {
    this.#options = options
    this.#loops = new LoopLimit(options.inside.clock)
  }

  /** Resolves when the broker has confirmed the subscription, which may be when it is reached. */
  open(): Promise<unknown> {
    const { inside, broker, interest } = this.#options
    this.#leave = inside.listen(broker, interest, {
      deliver: (message, settle) => this.#take({ message, settle, tries: 0 }),
      ended: (error) => {
        this.#unheard = error.message
        this.#fail(error)
      },
    })
    this.#leave.then(
      () => {
        this.#unheard = undefined
      },
      (cause: unknown) => {
        this.#unheard = WildcastError.from(cause).message
      },
    )
    return this.#leave
  }

  /** Whether messages come and are worked on. */
  part(): Part {
    return part(`component "${this.#options.id}"`, this.#options.thread.down ?? this.#unheard)
  }

  async close(): Promise<void> {
    this.#closed = true
    // A broker that was never reached is still to confirm: its own end ends it.
    void this.#leave?.then((leave) => leave()).catch(() => {})
    for (const { settle } of this.#waiting.splice(0)) settle?.(false)
    await this.#options.thread.close()
  }

  #take(waiting: Waiting): void {
    const { id, observer } = this.#options
    const bytes = payloadSize(waiting.message.payload)
    if (this.#waiting.length >= mostWaiting || this.#waitingBytes + bytes > mostWaitingBytes) {
      observer.component(id, 'overloaded')
      waiting.settle?.(false)
      if (!waiting.settle)
        this.#fail(new WildcastError('rate_limited', 'messages come faster than it works; one was dropped'))
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
    void this.#work(waiting).finally(() => {
      this.#running--
      this.#next()
    })
  }

  async #work(waiting: Waiting): Promise<void> {
    const { thread, observer, id } = this.#options
    const ran = await thread.run(waiting.message).catch((cause: unknown) => WildcastError.from(cause))
    if (ran instanceof WildcastError) {
      observer.component(id, ran.code === 'timeout' ? 'timeout' : 'interrupted')
      this.#fail(ran)
      this.#again(waiting)
      return
    }
    const said = await Promise.allSettled(ran.outputs.map((output) => this.#say(output, waiting.message)))
    const failures = said.flatMap((one) => (one.status === 'rejected' ? [WildcastError.from(one.reason)] : []))
    if (ran.error) failures.push(ran.error)
    for (const error of failures) this.#fail(error)
    const looped = failures.some((error) => error instanceof LoopError)
    observer.component(id, looped ? 'looped' : failures.length > 0 ? 'failed' : 'ok')
    // What a component has refused, it would refuse again; and what it has said once, it shall not
    // say twice.
    waiting.settle?.(true)
  }

  /**
   * A queue's message over which the thread was no use has more tries here, since not every broker
   * would hand it out again.
   */
  #again({ message, settle, tries }: Waiting): void {
    if (this.#closed) settle?.(false)
    else if (this.#options.interest.group !== undefined && tries + 1 < mostTries)
      this.#take({ message, settle, tries: tries + 1 })
    else settle?.(true)
  }

  /** @throws {WildcastError} `invalid_subject`, `unknown_broker`, `too_large`, `broker_down` … */
  async #say(output: CheckedOutput, trigger: BrokerMessage): Promise<void> {
    const { inside, broker: own, result, triggers } = this.#options
    const { broker, message } = route(output, trigger, { own, result })
    if (!inside.can(broker, 'headers')) {
      if (triggers(broker, message) && !this.#loops.allows(broker, message.subject))
        throw new LoopError(message, 'would trigger a component too often')
      return inside.publish(broker, message)
    }
    const onward = hop(message, trigger)
    if (!onward) throw new LoopError(message, `has come through ${mostHops} components`)
    return inside.publish(broker, onward)
  }

  #fail(error: WildcastError): void {
    const { id, broker, onError } = this.#options
    onError(ofComponent(id, error), { stage: 'component', broker })
  }
}

/** An output was stopped that would go round for ever. */
class LoopError extends WildcastError {
  constructor({ subject }: BrokerMessage, why: string) {
    super('rate_limited', `its output on "${subject}" ${why} and was stopped: look for a circle`)
  }
}
