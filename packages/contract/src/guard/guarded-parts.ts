import type { Failure } from '@wildcast/protocol/client'
import type { EntryOptions } from '../definition.js'
import type { PayloadSource } from './decode-payload.js'

/** The options of a subscription that an entry may have, too. */
export interface GuardedOptions extends Pick<EntryOptions, 'broker' | 'deliver' | 'maxRate' | 'retained'> {
  readonly group?: string | undefined
  readonly after?: string | undefined
  readonly last?: number | undefined
}

/** Sends an answer. */
type Respond = (
  data: unknown,
  options?: { readonly error?: Failure | undefined; readonly more?: boolean | undefined },
) => Promise<unknown>

/** A received message, whose `data`, `params` and `respond` the guard replaces. */
export interface GuardedMessage extends PayloadSource {
  readonly subject: string
  readonly revision: string | undefined
  readonly retained: boolean
  readonly deleted: boolean
  readonly left: boolean
  readonly respond: Respond | undefined
}

/** The parameters of a subscription. */
export interface GuardedSpec {
  readonly subject: string
  readonly serve?: true | undefined
}

/** The callbacks of a subscriber. */
export interface GuardedListener {
  readonly onMessage: (message: GuardedMessage) => unknown
  /** Takes a message that does not fit. */
  readonly onUnfit?: ((message: GuardedMessage) => unknown) | undefined
}

/** The parts of a client that all its subscriptions and frames pass. They are replaced. */
export interface GuardedEngine {
  /** The guard, for the calls that don't pass the other parts. */
  guard?: unknown
  // Methods, whose parameters the client may narrow.
  subscribe(spec: GuardedSpec, listener: GuardedListener): () => void
  readonly exchanges: {
    send(content: object, handler: object): boolean
    post(content: object, handler: object): (isAnswered?: boolean) => void
  }
}

/** The option of a call that names a broker. */
export interface BrokerOption {
  readonly broker?: string | undefined
}

/** The options of a request that the guard replaces. */
export interface PartOption extends BrokerOption {
  readonly onPart?: ((part: GuardedMessage) => void) | undefined
}

/** The methods of a client that the guard replaces. */
export interface GuardedVerbs {
  // Methods, whose parameters the client may narrow.
  subscribe(pattern: string, handler: unknown, options?: GuardedOptions): unknown
  publish(subject: string, data?: unknown, options?: BrokerOption): unknown
  request(subject: string, data?: unknown, options?: PartOption): Promise<GuardedMessage>
  serve(subject: string, handler: unknown, options?: BrokerOption): unknown
  can(action: string, subject: string, options?: BrokerOption): unknown
}
