import { type BrokerMessage, refusal, type WildcastError } from '@wildcast/protocol'
import {
  type Broker,
  type BrokerEvents,
  type CancelSignal,
  type Clock,
  type HistoryRule,
  type HistoryStore,
  type Interest,
  type Listener,
  memory,
  memoryStore,
  type OpenBroker,
  type ValueStore,
} from '@wildcast/relay/core'
import { BrokerFaults } from './broker-faults.js'
import { type PublishedMessage, publishedOf } from './published-message.js'

/** Ports of a broker of a test. */
export interface TestBrokerPorts {
  readonly name: string
  readonly clock: Clock
  readonly newId: () => string
  /** Which messages it keeps. */
  readonly rules: readonly HistoryRule[]
}

/** Why a test relay without the option has no history: it has no configuration. */
const noRules =
  'it keeps no messages; give createTestRelay the option history, such as [{ subjects: "room.**", messages: 100 }]'

interface Waiting {
  resolve(): void
  reject(cause: unknown): void
}

/** A memory broker that outlives the relays that use it, with a link that a test can break. */
export class TestBroker {
  readonly faults: BrokerFaults = new BrokerFaults()
  /** The messages that clients have published, in order. */
  readonly published: PublishedMessage[] = []
  readonly #ports: TestBrokerPorts
  #inner: Broker | undefined
  /** Of the present relay. */
  #events: BrokerEvents | undefined
  #undos: Set<() => Promise<void>> = new Set()
  #waiting: Waiting[] = []
  #isDown = false

  constructor(ports: TestBrokerPorts) {
    this.#ports = ports
  }

  /** Opens it for a relay. */
  readonly open: OpenBroker = async (events) => {
    this.#events = events
    const { clock, newId, rules } = this.#ports
    this.#inner ??= await memory({ clock, newId, store: memoryStore({ clock, rules }) })({
      status: () => {}, // memory is always there
      dropped: (why) => this.#events?.dropped(why),
    })
    events.status(this.#isDown ? 'down' : 'up')
    return this.#brokerFor(this.#inner)
  }

  /** Breaks the link between the relay and the broker. */
  down(): void {
    if (this.#isDown) return
    this.#isDown = true
    this.faults.forget()
    this.#events?.status('down') // without a cause, which would be reported as an error
  }

  up(): void {
    if (!this.#isDown) return
    this.#isDown = false
    this.#events?.status('up')
    for (const { resolve } of this.#waiting.splice(0)) resolve()
  }

  /** Publishes as another program does that uses the broker. */
  async publishOutside(message: BrokerMessage, retain: boolean): Promise<void> {
    const { values, history, publish } = this.#opened
    if (retain) await values?.write({ message })
    else if (history?.rules.keep(message.subject)) await history.append(message)
    else await publish.call(this.#opened, message)
  }

  async close(): Promise<void> {
    await this.#inner?.close()
  }

  get #opened(): Broker {
    if (!this.#inner) throw new TypeError('the broker is not open')
    return this.#inner
  }

  #brokerFor(inner: Broker): Broker {
    const { request, values, history, features } = inner
    return {
      features: features.history === true ? features : { ...features, history: noRules },
      values: values && this.#valuesOf(values),
      history: history && this.#historyOf(history),
      subscribe: (interest, listener, gone) => this.#subscribe(interest, listener, gone),
      publish: (message) =>
        this.#whileUp(() => onResult(inner.publish(message), () => this.#record(message, false))) ?? undefined,
      ...(request && {
        request: async (message, options) => this.#whileUp(() => request.call(inner, message, options)),
      }),
      close: () => this.#leave(),
    }
  }

  async #subscribe(interest: Interest, listener: Listener, gone?: CancelSignal): Promise<() => Promise<void>> {
    if (this.#isDown) await this.#whenUp(gone)
    const leave = await this.#opened.subscribe(interest, {
      ended: (error) => listener.ended(error),
      deliver: (message, settle) => {
        if (this.#isDown) settle?.(false)
        else if (interest.serve) listener.deliver(message, settle)
        else this.faults.deliver(listener, message)
      },
    })
    this.#undos.add(leave)
    return async () => {
      this.#undos.delete(leave)
      this.faults.forget(listener)
      await leave()
    }
  }

  #whenUp(gone: CancelSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      gone?.addEventListener('abort', () => reject(gone.reason))
    })
  }

  #valuesOf(values: ValueStore): ValueStore {
    return {
      write: (write) =>
        this.#whileUp(() =>
          onResult(values.write(write), ({ kind }) => kind === 'written' && this.#record(write.message, true)),
        ),
      read: (subject) => this.#whileUp(() => values.read(subject)),
      page: (pattern, request) => this.#whileUp(() => values.page(pattern, request)),
      mark: () => this.#whileUp(() => values.mark()),
    }
  }

  #historyOf(history: HistoryStore): HistoryStore {
    return {
      rules: history.rules,
      append: (message) => this.#whileUp(() => onResult(history.append(message), () => this.#record(message, false))),
      historyPage: (pattern, request) => this.#whileUp(() => history.historyPage(pattern, request)),
      historyState: (pattern, position) => this.#whileUp(() => history.historyState(pattern, position)),
    }
  }

  #whileUp<Result>(run: () => Result): Result | Promise<never> {
    return this.#isDown ? Promise.reject(this.#downError()) : run()
  }

  #record(message: BrokerMessage, retained: boolean): void {
    this.published.push(publishedOf(message, this.#ports.name, retained))
  }

  /** The relay has ended: it gets nothing more. */
  async #leave(): Promise<void> {
    this.#events = undefined
    this.faults.forget()
    for (const { reject } of this.#waiting.splice(0)) reject(this.#downError())
    const undos = [...this.#undos]
    this.#undos = new Set()
    for (const undo of undos) await undo()
  }

  #downError(): WildcastError {
    return refusal('broker_down', `the broker "${this.#ports.name}" is down: the test has stopped it`)
  }
}

/** Calls back with a result, at once if it is there. Returns it. */
function onResult<Result>(soon: Result | Promise<Result>, run: (result: Result) => unknown): Result | Promise<Result> {
  if (!(soon instanceof Promise)) {
    run(soon)
    return soon
  }
  return soon.then((result) => {
    run(result)
    return result
  })
}
