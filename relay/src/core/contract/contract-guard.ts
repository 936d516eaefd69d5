import { type ContractEntry, type ContractKind, checkData } from '@wildcast/contract'
import { covers, isExact, type Pattern, type Payload, refusal, WildcastError } from '@wildcast/protocol'
import { ParsedPayloads } from '../filters/parsed-payloads.js'
import type { OnFailure } from '../outlet.js'
import type { DataPlace } from './data-of-message.js'
import { dataOf } from './payload-data.js'
import type { RelayContract } from './relay-contract.js'

/** Messages and values reach the same subscribers: each has the other's schema, if not its own. */
const kindsLike: Readonly<Record<ContractKind, readonly ContractKind[]>> = {
  message: ['message', 'value'],
  value: ['value', 'message'],
  request: ['request'],
  reply: ['reply'],
  presence: ['presence'],
}

const words: Readonly<Record<ContractKind, string>> = {
  message: 'messages',
  value: 'values',
  request: 'requests',
  reply: 'replies',
  presence: 'presence',
}

/** Text such as "42" is read as JSON, unless its entry has a codec. */
function hintOf({ codec }: ContractEntry, payload: Payload, fits: (data: unknown) => boolean): string {
  return codec === undefined && typeof payload === 'string' && fits(payload)
    ? '; it was read as JSON: for text, give the entry codec: "text"'
    : ''
}

/** Checks data by the contract of a relay. */
export class ContractGuard {
  /** Shared with the filters: a payload is parsed once. */
  readonly parsed: ParsedPayloads = new ParsedPayloads()
  readonly #settings: RelayContract
  readonly #onError: OnFailure

  constructor(settings: RelayContract, onError: OnFailure) {
    this.#settings = settings
    this.#onError = onError
  }

  /** Whether data from brokers is checked. */
  get checksBrokers(): boolean {
    return (this.#settings.fromBrokers ?? 'pass') !== 'pass'
  }

  /** Whether clients may ask for data from brokers that does not fit. */
  get quarantines(): boolean {
    return this.#settings.fromBrokers === 'quarantine'
  }

  /**
   * Checks data that a client, or a component, publishes.
   * @throws {WildcastError} `invalid_payload`; `internal` if the schema fails, which is logged
   */
  demand(place: DataPlace, payload: Payload): void {
    const { kind, subject } = place
    const isRefused = this.#settings.undeclared === 'refuse' && kind !== 'reply'
    // A pattern reaches undeclared subjects, too, unless an entry has all of its subjects.
    if (isRefused && !this.#entries(kind, subject).some(({ pattern }) => covers(pattern, subject)))
      throw refusal(
        'invalid_payload',
        `the contract declares no ${words[kind]} at "${subject}"; add an entry, or correct the subject`,
      )
    const fault = this.fault(place, payload)
    if (fault) throw fault
  }

  /** Returns why data does not fit; undefined if it does, or no entry declares it. */
  fault(place: DataPlace, payload: Payload): WildcastError | undefined {
    const kinds = kindsLike[place.kind]
    if (!isExact(place.subject)) return this.#faultInPattern(kinds, place.subject, payload)
    for (const kind of kinds) {
      const [entry] = this.#entries(kind, place.subject)
      if (entry) return this.#faultBy(entry, { ...place, kind }, payload)
    }
    return undefined
  }

  /** Each entry that the pattern can reach checks the data, by the first kind that it has. */
  #faultInPattern(kinds: readonly ContractKind[], subject: Pattern, payload: Payload): WildcastError | undefined {
    for (const entry of this.#settings.contract.entriesFor(subject)) {
      const kind = kinds.find((kind) => entry[kind])
      const fault = kind && this.#faultBy(entry, { kind, subject }, payload)
      if (fault) return fault
    }
    return undefined
  }

  /** The entries that declare a kind of data on a subject, or on a part of a pattern. */
  #entries(kind: ContractKind, subject: Pattern): readonly ContractEntry[] {
    const { contract } = this.#settings
    if (!isExact(subject)) return contract.entriesFor(subject).filter((entry) => entry[kind])
    const entry = contract.find(kind, subject)
    return entry ? [entry] : []
  }

  #faultBy(entry: ContractEntry, { kind, subject }: DataPlace, payload: Payload): WildcastError | undefined {
    // A schema of types alone accepts everything, also what is too large to be checked.
    if (entry[kind]?.['~standard'].vendor === 'wildcast') return undefined
    const read = dataOf(payload, entry.codec, this.parsed)
    if (read.fault !== undefined)
      return refusal('invalid_payload', `${subject}${kind === 'reply' ? ' (reply)' : ''}: ${read.fault}`)
    try {
      const { failure } = checkData({ entry, kind, subject, data: read.data })
      if (!failure) return undefined
      // Data that is left out has an empty payload, which is read as an empty text.
      const fits = (data: unknown): boolean => checkData({ entry, kind, subject, data }).failure === undefined
      if (payload.length === 0 && fits(undefined)) return undefined
      return refusal(failure.code, failure.message + hintOf(entry, payload, fits))
    } catch (cause) {
      this.#onError(new WildcastError('internal', WildcastError.from(cause).message), { stage: 'contract' })
      return refusal('internal', `"${subject}" has a schema that failed; the log of the relay has the reason`)
    }
  }
}
