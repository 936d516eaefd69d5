import { type BrokerMessage, matches, type Subject } from '@wildcast/protocol'
import type { Broker, BrokerRequestOptions, Features, Interest, Listener, OpenBroker } from '../core/broker.js'
import type { CancelSignal } from '../core/cancel.js'
import type { HistoryStore } from '../core/history-store.js'
import type { ValueStore } from '../core/store.js'
import { BoundedMap } from './bounded-map.js'
import { type Prefix, prefixOf } from './prefix.js'
import { prefixedHistory, prefixedValues } from './prefixed-stores.js'

/** The most subjects of answers outside the prefix that are remembered. */
const mostAnswers = 10_000

/**
 * Opens a broker behind a prefix: one or more segments before each subject, which its clients do
 * not see. Answers go to the subjects that requesters name, which may be outside of it.
 */
export function behindPrefix(open: OpenBroker, segments: string): OpenBroker {
  return async (events) => new PrefixedBroker(await open(events), prefixOf(segments))
}

class PrefixedBroker implements Broker {
  readonly request?: NonNullable<Broker['request']>
  readonly #inner: Broker
  readonly #prefix: Prefix
  /** Subjects outside the prefix on which other programs await answers. */
  readonly #answers: BoundedMap<string, true> = new BoundedMap(mostAnswers)
  #values: ValueStore | undefined
  #history: HistoryStore | undefined

  constructor(inner: Broker, prefix: Prefix) {
    this.#inner = inner
    this.#prefix = prefix
    if (inner.request) this.request = (message, options) => this.#request(message, options)
  }

  get features(): Features {
    return this.#inner.features
  }

  get values(): ValueStore | undefined {
    const { values } = this.#inner
    if (values) this.#values ??= prefixedValues(values, this.#prefix)
    return values && this.#values
  }

  get history(): HistoryStore | undefined {
    const { history } = this.#inner
    if (history) this.#history ??= prefixedHistory(history, this.#prefix)
    return history && this.#history
  }

  subscribe(interest: Interest, listener: Listener, gone?: CancelSignal): Promise<() => Promise<void>> {
    const { pattern } = interest
    const leads = pattern.startsWith('*')
    const behind: Listener = {
      deliver: (message, settle) => {
        const bare = this.#bare(message)
        // A wildcard at the beginning matches no reserved subject; behind the prefix it would.
        if (!leads || matches(pattern, bare.subject as Subject)) listener.deliver(bare, settle)
        else settle?.(true)
      },
      ended: (error) => listener.ended(error),
    }
    return this.#inner.subscribe({ ...interest, pattern: this.#prefix.add(pattern) }, behind, gone)
  }

  publish(message: BrokerMessage): Promise<void> | undefined {
    return this.#inner.publish(this.#whole(message))
  }

  close(): Promise<void> {
    return this.#inner.close()
  }

  async #request(message: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage> {
    const { onPart } = options
    const bare = (answer: BrokerMessage): BrokerMessage => ({ ...answer, subject: message.subject })
    const more = { ...options, onPart: onPart && ((part: BrokerMessage): void => onPart(bare(part))) }
    const answer = this.#inner.request?.(this.#whole(message), more)
    return bare((await answer) as BrokerMessage) // absent only if there are no requests
  }

  #whole(message: BrokerMessage): BrokerMessage {
    const { subject, responseSubject } = message
    if (this.#answers.get(subject)) return message
    const { add } = this.#prefix
    return {
      ...message,
      subject: add(subject),
      ...(responseSubject !== undefined && { responseSubject: add(responseSubject) }),
    }
  }

  #bare(message: BrokerMessage): BrokerMessage {
    const { subject, responseSubject } = message
    const { remove } = this.#prefix
    const bare = { ...message, subject: remove(subject) ?? subject }
    if (responseSubject === undefined) return bare
    const own = remove(responseSubject)
    if (own === undefined) this.#answers.set(responseSubject, true)
    return { ...bare, responseSubject: own ?? responseSubject }
  }
}
