import type {
  Client,
  ClientCore,
  ClientOptions,
  ContractClient,
  HeadersInput,
  OpenTransport,
  WildcastError,
} from '@wildcast/client'
import type { ClientFrame } from '@wildcast/protocol'
import type { Action, InMemoryHandshake, Limits, RelayOptions } from '@wildcast/relay/core'
import type { TestClock } from './clock.js'
import type { PublishedMessage } from './published-message.js'
import type { TestAuth } from './test-tokens.js'

/** Which messages the brokers of a test relay keep. */
export interface TestHistory {
  /** A pattern, such as `room.**`. */
  readonly subjects: string
  /** The newest messages of each subject that are kept. */
  readonly messages: number
  /** How long a message is kept, in milliseconds. @default no limit */
  readonly ageMs?: number | undefined
}

/** Options of `createTestRelay`. */
export interface TestRelayOptions {
  /** The names of its brokers, all in memory; the first is the default. @default ['main'] */
  readonly brokers?: readonly string[] | undefined
  /** @default no message is kept */
  readonly history?: readonly TestHistory[] | undefined
  /** The contract: data that does not fit is refused. @default everything fits */
  readonly contract?: RelayOptions['contract']
  /** The users and their rules. @default all clients may do everything */
  readonly auth?: TestAuth | undefined
  /** @default those of a relay */
  readonly limits?: Partial<Limits> | undefined
  /** @default fakeClock() */
  readonly clock?: TestClock | undefined
  /**
   * Handles errors of the relay that no caller awaits.
   * @default the console, unless a broker is down
   */
  readonly onError?: ((error: WildcastError) => void) | undefined
}

/** Options of `createClient` of a test relay. */
export interface TestClientOptions
  extends Omit<ClientOptions, 'url' | 'codec' | 'dialect' | 'transport' | 'WebSocket' | 'clock'>,
    InMemoryHandshake {}

/** A contract of `defineContract`. */
export type TestContract = NonNullable<ClientOptions['contract']>

/** Reverts the call that returned it. */
export type TestUndo = () => void

/** The actions of clients that a test may refuse. */
export type TestedAction = Action['kind']

/** How `cut` cuts. */
export interface CutOptions {
  /** The client whose connection is lost. @default all clients */
  readonly client?: ClientCore | undefined
  /**
   * How long no connection can be opened, in milliseconds. A session is kept for 60 s, unless
   * `limits` has another `resumeMs`.
   * @default 0
   */
  readonly forMs?: number | undefined
}

/** A message of another program at the broker. */
export interface OutsideMessage {
  /** @default the first broker */
  readonly broker?: string | undefined
  readonly headers?: HeadersInput | undefined
  /** Whether it becomes the value of its subject. @default false */
  readonly retain?: boolean | undefined
}

/** The relay itself, in the process of a test: without a socket, with faults on demand. */
export interface TestRelay {
  /** The clock of the relay and its clients. */
  readonly clock: TestClock
  /**
   * For a client that the application creates itself:
   * `createClient({ url: '/ws', transport: relay.transport, clock: relay.clock })`.
   */
  readonly transport: OpenTransport
  /** The number of connections that are open or opening. */
  readonly connections: number
  /** Its contract, if it has one. */
  readonly contract: TestContract | undefined
  /** Creates a client with the types of a contract, which it applies. */
  createClient<const Api extends TestContract>(
    options: TestClientOptions & { readonly contract: Api },
  ): ContractClient<Api>
  /**
   * Creates a client of the relay. It connects at once, and is closed with the relay. By default,
   * errors go to the console, except that a connection is lost.
   */
  createClient(options?: TestClientOptions): Client
  /** Resolves when nothing is left to do at the present time: all messages have arrived. */
  settled(): Promise<void>

  /**
   * Returns the messages that clients have published, in order.
   * @param pattern - @default all subjects of clients
   */
  published(pattern?: string): readonly PublishedMessage[]
  /** The frames of a kind that clients have sent, as docs/protocol.md lists them. */
  frames<Kind extends ClientFrame['kind']>(kind: Kind): readonly Extract<ClientFrame, { readonly kind: Kind }>[]
  /** Publishes as another program does that uses the broker. */
  publish(subject: string, data: unknown, options?: OutsideMessage): Promise<void>

  /** Loses the connection, with all that is on its way. The client comes back by itself. */
  cut(options?: CutOptions): void
  /** Each message takes so long, in either direction, from now on. @param client @default all */
  delay(ms: number, client?: ClientCore): void
  /** The client reads nothing until the undo is called. @param client @default all */
  slow(client?: ClientCore): TestUndo
  /** The broker delivers each message twice until the undo is called. Kept ones it does not. */
  duplicate(pattern: string, broker?: string): TestUndo
  /**
   * The broker delivers two messages in reverse order, again and again, until the undo is called.
   * Kept ones it does not.
   */
  reorder(pattern: string, broker?: string): TestUndo
  /** The relay loses its link to the broker. @param name @default the first broker */
  brokerDown(name?: string): void
  /** The link is back. */
  brokerUp(name?: string): void
  /**
   * Refuses an action on the subjects of a pattern until the undo is called. Subscriptions that
   * there are stay.
   */
  refuse(action: TestedAction, pattern: string): TestUndo
  /**
   * The token no longer holds: its sessions end, and it is refused with `token_expired`.
   * @throws {RangeError} if `auth` has no such token
   */
  expire(token: string): void
  /** The relay ends at once and starts again: all sessions are lost, what brokers have is not. */
  restart(): Promise<void>
  /** Closes the clients, the relay and its brokers. */
  close(): Promise<void>
}
