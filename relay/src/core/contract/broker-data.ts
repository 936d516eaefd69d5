import type { BrokerMessage, WildcastError } from '@wildcast/protocol'
import { isStoredMessage, type StoredMessage } from '../history-store.js'
import type { StoredValue } from '../store.js'
import type { ContractGuard } from './contract-guard.js'
import { dataPlaceOf, hasData, refusesRequest } from './data-of-message.js'
import { refusedAnswer } from './refused-answer.js'

/** The outcome of a check. */
export interface Judgement {
  /** Why it does not fit. */
  readonly fault?: WildcastError | undefined
  /** The message that clients receive. Undefined: none. */
  readonly clean?: BrokerMessage | undefined
}

/** Judges the data that a broker delivers or keeps. */
export class BrokerData {
  readonly #contract: ContractGuard
  readonly #report: (fault: WildcastError) => void
  /** The last message: every subscription that it matches gets the same object. */
  #last: { readonly message: BrokerMessage; readonly isRequest: boolean; readonly judgement: Judgement } | undefined

  constructor(contract: ContractGuard, report: (fault: WildcastError) => void) {
    this.#contract = contract
    this.#report = report
  }

  /** @param isRequest - whether it goes to the server of its subject */
  judge(message: BrokerMessage, isRequest: boolean): Judgement {
    // It was published in this process, and checked then.
    if (message.id !== undefined || !hasData(message)) return { clean: message }
    const last = this.#last
    if (last?.message === message && last.isRequest === isRequest) return last.judgement
    const judgement = this.#judge(message, isRequest)
    this.#last = { message, isRequest, judgement }
    if (judgement.fault) this.#report(judgement.fault)
    return judgement
  }

  /** Whether a value fits that a store has. */
  admits({ subject, payload, revision }: StoredValue): boolean {
    const place = dataPlaceOf({ subject, payload, revision, retained: true })
    return !place || !this.#contract.fault(place, payload)
  }

  /** Returns a kept message as clients receive it; undefined if they don't. */
  kept(message: StoredMessage): StoredMessage | undefined {
    const { clean } = hasData(message) ? this.#judge(message, false) : { clean: message }
    return clean && isStoredMessage(clean) ? clean : undefined
  }

  #judge(message: BrokerMessage, isRequest: boolean): Judgement {
    const place = isRequest ? ({ kind: 'request', subject: message.subject } as const) : dataPlaceOf(message)
    if (!place || (place.kind === 'reply' && refusesRequest(message))) return { clean: message }
    const fault = this.#contract.fault(place, message.payload)
    if (!fault) return { clean: message }
    if (place.kind === 'reply') return { fault, clean: refusedAnswer(message, fault) }
    return { fault, clean: place.kind === 'value' || place.kind === 'presence' ? withoutValue(message) : undefined }
  }
}

/** For clients, a subject whose value does not fit has none. */
function withoutValue({ subject, revision, retained, position, user }: BrokerMessage): BrokerMessage {
  return { subject, revision, retained, position, user, payload: '', deleted: true }
}
