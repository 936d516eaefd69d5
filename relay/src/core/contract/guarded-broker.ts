import { type BrokerMessage, refusal, type WildcastError } from '@wildcast/protocol'
import type { Broker, BrokerRequestOptions, Features, Interest, Listener, OpenBroker } from '../broker.js'
import { Cancel, type CancelSignal } from '../cancel.js'
import type { HistoryStore } from '../history-store.js'
import type { OnFailure } from '../outlet.js'
import type { ValueStore } from '../store.js'
import { BrokerData } from './broker-data.js'
import type { ContractGuard } from './contract-guard.js'
import { refusesRequest } from './data-of-message.js'
import { guardedHistory, guardedValues } from './guarded-stores.js'
import { quarantined, toQuarantine } from './quarantine.js'
import { refusedAnswer } from './refused-answer.js'

export interface GuardedBrokerPorts {
  readonly name: string
  readonly contract: ContractGuard
  readonly onError: OnFailure
}

/**
 * Opens a broker whose data is checked by the contract before it reaches a client, a component or a
 * bridge. What does not fit is counted, logged, and dropped or diverted. A relay that passes all
 * data uses its brokers directly.
 */
export function guarded(open: OpenBroker, { name, contract, onError }: GuardedBrokerPorts): OpenBroker {
  return async (events) => {
    const report = (fault: WildcastError): void => {
      events.dropped('invalid_payload')
      onError(refusal(fault.code as 'invalid_payload', fault.message), { stage: 'contract', broker: name })
    }
    return new GuardedBroker(await open(events), contract, report)
  }
}

class GuardedBroker implements Broker {
  readonly request?: NonNullable<Broker['request']>
  readonly #inner: Broker
  readonly #contract: ContractGuard
  readonly #data: BrokerData
  readonly #report: (fault: WildcastError) => void
  #values: ValueStore | undefined
  #history: HistoryStore | undefined

  constructor(inner: Broker, contract: ContractGuard, report: (fault: WildcastError) => void) {
    this.#inner = inner
    this.#contract = contract
    this.#report = report
    this.#data = new BrokerData(contract, report)
    if (inner.request) this.request = (message, options) => this.#request(message, options)
  }

  get features(): Features {
    return this.#inner.features
  }

  get values(): ValueStore | undefined {
    const { values } = this.#inner
    if (values) this.#values ??= guardedValues(values, this.#data)
    return values && this.#values
  }

  get history(): HistoryStore | undefined {
    const { history } = this.#inner
    if (history) this.#history ??= guardedHistory(history, this.#data)
    return history && this.#history
  }

  subscribe(interest: Interest, listener: Listener, gone?: CancelSignal): Promise<() => Promise<void>> {
    const diverted = this.#contract.quarantines ? quarantined(interest.pattern) : undefined
    return diverted === undefined
      ? this.#inner.subscribe(interest, this.#clean(interest, listener), gone)
      : this.#inner.subscribe({ ...interest, pattern: diverted }, this.#unfit(listener), gone)
  }

  publish(message: BrokerMessage): Promise<void> | undefined {
    return this.#inner.publish(message)
  }

  close(): Promise<void> {
    return this.#inner.close()
  }

  /** A listener without data that does not fit. The sender of a request gets the refusal. */
  #clean({ serve = false }: Interest, listener: Listener): Listener {
    return {
      deliver: (message, settle) => {
        const { fault, clean } = this.#data.judge(message, serve)
        if (clean) listener.deliver(clean, settle)
        else settle?.(true)
        const { responseSubject, beside } = message
        if (fault && serve && responseSubject !== undefined)
          // Without it, the requester waits until its timeout.
          this.#inner.publish(refusedAnswer({ subject: responseSubject, payload: '', beside }, fault))?.catch(() => {})
      },
      ended: (error) => listener.ended(error),
    }
  }

  /** A listener of the data that does not fit. */
  #unfit(listener: Listener): Listener {
    return {
      deliver: (message, settle) => {
        if (this.#data.judge(message, false).fault) listener.deliver(toQuarantine(message), settle)
        else settle?.(true)
      },
      ended: (error) => listener.ended(error),
    }
  }

  /** The requester gets a refusal in place of an answer that does not fit. */
  #request(message: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage> {
    const cancel = new Cancel()
    const { signal, onPart } = options
    const abort = (): void => cancel.abort(signal?.reason)
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort)
    let hasParts = false
    const faultOf = (answer: BrokerMessage): WildcastError | undefined => {
      if (answer.id !== undefined || refusesRequest(answer)) return undefined // checked in this process, or no data
      const isEnd = hasParts && !answer.more && answer.payload.length === 0
      const fault = isEnd
        ? undefined
        : this.#contract.fault({ kind: 'reply', subject: message.subject }, answer.payload)
      if (fault) this.#report(fault)
      return fault
    }
    const checkedPart = (part: BrokerMessage): void => {
      const fault = cancel.aborted ? undefined : faultOf(part)
      hasParts = true
      if (fault) cancel.abort(fault)
      else if (!cancel.aborted) onPart?.(part)
    }
    const answer = this.#inner.request?.(message, { ...options, signal: cancel, onPart: onPart && checkedPart })
    return Promise.resolve(answer)
      .then((final) => {
        const fault = final && faultOf(final)
        if (fault) throw fault
        return final as BrokerMessage
      })
      .finally(() => signal?.removeEventListener('abort', abort))
  }
}
