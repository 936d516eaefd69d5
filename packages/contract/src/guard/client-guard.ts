import type { Payload, WildcastError } from '@wildcast/protocol/client'
import type { ContractKind } from '../definition.js'
import type { EntryFinder } from './entry-finder.js'
import type { GuardedEngine, GuardedMessage, GuardedOptions, GuardedVerbs } from './guarded-parts.js'

/**
 * The treatment of data that does not fit the contract. `throw`: it is not sent, the call rejects;
 * if it was received, it is not delivered, but reported. `report`: it is sent or delivered, and
 * reported. `off`: the schemas do not run, so that received data is as on the wire.
 */
export type ContractCheck = 'throw' | 'report' | 'off'

/** Settings of a client's guard. */
export interface GuardSettings {
  /** @default `report` if `process.env.NODE_ENV` is `production`, else `throw` */
  readonly check: ContractCheck | undefined
  /** The broker of the subjects whose entry has none. */
  readonly broker: string | undefined
  /** Reports data that does not fit, and a schema that throws. */
  fault(error: WildcastError, stage: 'contract'): void
}

/** Applies a contract to all that one client sends and receives. */
export interface ClientGuard {
  /** The contract, which is also a property of the client. */
  readonly contract: Pick<EntryFinder, 'find'>
  /**
   * Returns the broker of a subject or pattern: the `given` one, or that of its entries.
   * @throws {TypeError} if its entries have different ones
   * @throws {WildcastError} `invalid_subject`
   */
  broker(kind: ContractKind, text: string, given: string | undefined): string | undefined
  /** Returns the options of a subscription, with those of its entries as defaults. */
  options<Options extends GuardedOptions>(pattern: string, given: Options): Options
  /**
   * Converts data to a payload, and checks it.
   * @throws {WildcastError} `invalid_payload`; `invalid_subject` for a template
   * @throws {TypeError} if the data has no form in the codec, or the schema throws
   */
  encode(kind: ContractKind, subject: string, data: unknown): Payload
  /**
   * Prepares a received message: its `data` is the output of the schema, and its `params` have the
   * names of the template. Returns false if it must not be delivered.
   */
  admit(message: GuardedMessage, template: string, kind?: 'request' | 'reply'): boolean
  /**
   * Prepares the message that a call resolves with, as `admit` does.
   * @throws {WildcastError} `invalid_payload`
   */
  demand(message: GuardedMessage, kind?: 'reply'): void
  /**
   * Becomes the guard of a client: of the messages of all its subscriptions, and of the patterns in
   * its frames.
   */
  engine(parts: GuardedEngine): void
  /** Returns guarded methods of a client. @param home - the broker of calls that name none */
  verbs<Verbs extends GuardedVerbs>(verbs: Verbs, home: string | undefined): Verbs
}
