import type { ContractKind } from '@wildcast/contract'
import { type BrokerMessage, isDerived, type Pattern, type Payload, type WildcastError } from '@wildcast/protocol'
import type { AwaitedAnswer } from '../awaited-answers.js'
import type { Checked } from '../checked.js'
import type { Hub } from '../hub.js'
import type { StoredValue } from '../store.js'
import type { CheckedWrite } from '../values/check-retain.js'
import type { ContractGuard } from './contract-guard.js'
import { dataPlaceOf, hasData, refusesRequest } from './data-of-message.js'
import { refusedAnswer } from './refused-answer.js'

export interface FitChecksPorts {
  readonly contract: ContractGuard
  readonly hub: Pick<Hub, 'publish'>
}

/**
 * Checks by the contract what a client publishes, after all other checks. A permission that is
 * still being decided does not delay the refusal. All methods throw as `ContractGuard.demand`.
 */
export class FitChecks {
  readonly #ports: FitChecksPorts

  constructor(ports: FitChecksPorts) {
    this.#ports = ports
  }

  /** Whether clients may ask for data from brokers that does not fit. */
  get quarantines(): boolean {
    return this.#ports.contract.quarantines
  }

  /** Whether clients may be sent a value of a broker. */
  admits(value: StoredValue): boolean {
    const { contract } = this.#ports
    return !contract.checksBrokers || !contract.fault({ kind: 'value', subject: value.subject }, value.payload)
  }

  /** If it is an answer that does not fit, the requester gets the refusal, too. */
  publish(checked: Checked<BrokerMessage>, awaited?: AwaitedAnswer): Checked<BrokerMessage> {
    const { result: message } = checked
    const place = awaited ? ({ kind: 'reply', subject: awaited.subject } as const) : dataPlaceOf(message)
    if (!place || !hasData(message)) return checked
    if (awaited) this.#demandAsMessage(checked)
    if (place.kind !== 'reply') return this.#demand(checked, place.kind, place.subject, message.payload)
    if (refusesRequest(message) || isEndOfParts(message, awaited)) return checked
    try {
      return this.#demand(checked, 'reply', place.subject, message.payload)
    } catch (cause) {
      this.#refuseRequester(checked, cause)
      throw cause
    }
  }

  /** The value, and its will. An empty payload deletes: it is no data. */
  value(checked: Checked<CheckedWrite>, will: Payload | null | undefined): Checked<CheckedWrite> {
    const { subject, payload } = checked.result.message
    const payloads = [payload, will ?? ''].filter(({ length }) => length > 0)
    return this.#demand(checked, 'value', subject, ...payloads)
  }

  /** An empty payload leaves. */
  presence(checked: Checked<CheckedWrite>, subject: Pattern): Checked<CheckedWrite> {
    const { payload } = checked.result.message
    return payload.length === 0 ? checked : this.#demand(checked, 'presence', subject, payload)
  }

  request(checked: Checked<BrokerMessage>): Checked<BrokerMessage> {
    return this.#demand(checked, 'request', checked.result.subject, checked.result.payload)
  }

  #demand<Result>(
    checked: Checked<Result>,
    kind: ContractKind,
    subject: Pattern,
    ...payloads: readonly Payload[]
  ): Checked<Result> {
    try {
      for (const payload of payloads) this.#ports.contract.demand({ kind, subject }, payload)
      return checked
    } catch (cause) {
      return refuse(checked, cause)
    }
  }

  /** A requester may await its answer on a subject of messages, which others receive, too. */
  #demandAsMessage(checked: Checked<BrokerMessage>): void {
    const fault = this.#faultAsMessage(checked.result)
    if (fault) refuse(checked, fault)
  }

  #faultAsMessage(message: BrokerMessage): WildcastError | undefined {
    const place = dataPlaceOf(message)
    return place?.kind === 'message' ? this.#ports.contract.fault(place, message.payload) : undefined
  }

  /**
   * Without the permission, the responder may not end the request either. If the broker does not
   * take the refusal, the request ends with its timeout.
   */
  #refuseRequester({ broker, result, decided }: Checked<BrokerMessage>, cause: unknown): void {
    const refused = refusedAnswer(result, cause)
    if (this.#faultAsMessage(refused)) return
    void Promise.resolve(decided)
      .then(() => this.#ports.hub.publish(broker, refused))
      .catch(() => {})
  }
}

function refuse({ decided }: Checked<unknown>, cause: unknown): never {
  decided?.catch(() => {}) // no caller waits for it now
  throw cause
}

/** A generator that ends without a value ends its answer with an empty part. */
function isEndOfParts({ subject, payload, more }: BrokerMessage, awaited: AwaitedAnswer | undefined): boolean {
  if (more && awaited) awaited.hasParts = true
  // Whether parts came before is not known of a subject that a session derives by itself.
  return !more && payload.length === 0 && (awaited?.hasParts ?? isDerived(subject))
}
