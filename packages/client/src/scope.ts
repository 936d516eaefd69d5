import type { ActionKind, HeadersInput, JsonValue, Params } from '@wildcast/protocol/client'
import type { Message } from './messages/message.js'
import type { Publication } from './publishing/publication.js'
import type { RequestWait } from './requests/request.js'
import type { Handler } from './requests/serve.js'
import type { Scoped } from './scope-ports.js'
import type { PolicyOptions } from './subscriptions/policy.js'
import type { Subscription } from './subscriptions/subscription.js'
import type { SubscriptionEvents } from './subscriptions/subscription-events.js'
import type { Undo } from './time/clock.js'

/** Options of `serve`. */
export interface ServeOptions extends SubscriptionEvents {
  /** @default the client's broker */
  readonly broker?: string | undefined
  /** Unsubscribes when it aborts. */
  readonly signal?: AbortSignal | undefined
}

/** Options of `subscribe`. */
export interface SubscribeOptions extends ServeOptions, PolicyOptions {
  /** A queue group: each message goes to one of its members. */
  readonly group?: string | undefined
  /**
   * Delivers the present values of the pattern first (`message.retained`), then their changes.
   * After a loss, all values are delivered again.
   * @default false
   */
  readonly retained?: boolean | undefined
  /**
   * Delivers only messages whose payload is JSON that contains this JSON: an object by the members
   * that it names, an array by all its elements. With `retained`, a value that no longer matches is
   * delivered without data (`message.left`). Not with `group`.
   * @default every message
   * @example { status: 'open' }
   */
  readonly filter?: JsonValue | undefined
  /**
   * Delivers first the messages after this position that the broker has kept (`message.replayed`),
   * then live ones; `start` is the position before all. `onSynced` reports whether messages
   * are missing. Not with `group`, `retained` or `last`.
   */
  readonly after?: string | undefined
  /**
   * Delivers first the newest messages that the broker has kept, at most this many, then live ones.
   * Not with `group`, `retained` or `after`.
   */
  readonly last?: number | undefined
}

/** Options of `publish`. */
export interface PublishOptions {
  /** @default the client's broker */
  readonly broker?: string | undefined
  /**
   * An object, a `Map` or pairs. A value is a string or an array of strings. At most 64 headers,
   * and 8,192 bytes of names and values.
   */
  readonly headers?: HeadersInput | undefined
  /** The subject on which the publisher expects answers. */
  readonly responseSubject?: string | undefined
  /** Allows a pattern as the subject, if the broker supports that. @default false */
  readonly wildcard?: boolean | undefined
  /**
   * A string of 1 to 256 bytes, or `true` for a random one. The relay executes publishes with the
   * same key once within two minutes. The client sends the publish again if its session was lost
   * before the answer and the same relay answers.
   */
  readonly key?: string | true | undefined
}

/** Options of `request`. */
export interface RequestOptions<Answer = unknown> extends RequestWait<Answer> {
  /** @default the client's broker */
  readonly broker?: string | undefined
  /** The same as for `publish`. */
  readonly headers?: HeadersInput | undefined
}

/** Options of `can`. */
export interface CanOptions {
  /** @default the client's broker */
  readonly broker?: string | undefined
  /** Called with the reason of a denial, if the relay is configured to explain it. */
  readonly onWhy?: ((why: string) => void) | undefined
}

/** The methods of a client for one broker. */
export interface Scope extends Scoped {
  /**
   * Calls `handler` with every message of a pattern, in order. Returns the undo. Equal
   * subscriptions share one on the wire. If the handler returns a promise, a message of a group is
   * handled when that promise settles.
   *
   * `Data` is the type of `message.data`, which is not checked. `message.params` has a string for
   * each wildcard, unless only `Data` is given: TypeScript then infers the pattern as `string`.
   * @throws {WildcastError} `invalid_subject`; `interrupted` after `close()`
   * @throws {TypeError} if `deliver` is unknown, or `maxRate` isn't a number
   * @throws {RangeError} if `maxRate` is not above 0
   * @example
   * const undo = client.subscribe('good.*', ({ params, data }) => console.log(params[0], data))
   */
  subscribe<Data = unknown, const Pattern extends string = string>(
    pattern: Pattern,
    handler: (message: Message<Data, Params<Pattern>>) => unknown,
    options?: SubscribeOptions,
  ): Undo
  /**
   * Subscribes with an async iterable, which queues messages while the loop is busy. It
   * unsubscribes when the last loop ends.
   * @throws {WildcastError} `invalid_subject`; `interrupted` after `close()`
   * @example
   * for await (const message of client.subscribe('good.*')) console.log(message.subject)
   */
  subscribe<Data = unknown, const Pattern extends string = string>(
    pattern: Pattern,
    options?: SubscribeOptions,
  ): Subscription<Data, Params<Pattern>>
  /**
   * Publishes a message. A string is sent as text, bytes unchanged, `undefined` as an empty
   * payload, everything else as JSON. While offline, publishes are queued in order. The returned
   * promise also has a `state` and an `outcome`.
   *
   * Rejects with a `WildcastError`: `invalid_subject`, `too_large`, `rate_limited`, `forbidden`,
   * `broker_down` …; with a `TypeError` for an invalid `key`, and for data that can't be sent
   * unchanged: text with a lone surrogate, and values without a JSON form, such as NaN, a bigint, a
   * function, a `Map`, `Set`, `Error`, `Blob`, or bytes inside an object.
   * @example await client.publish('good.apple', { price: 3 })
   */
  publish<Data = unknown>(subject: string, data?: Data, options?: PublishOptions): Publication
  /**
   * Sends a request. Resolves with the answer. `Answer` is the type of its `data`, which is not
   * checked.
   *
   * Rejects with `timeout`, `no_responders`, `interrupted` (the connection was lost), the
   * responder's error, or the signal's reason; with a `TypeError` for data as `publish` does, or if
   * `timeoutMs` isn't a number; with a `RangeError` if `timeoutMs` is NaN or not above 0.
   * @example const { data } = await client.request('math.sum', [1, 2])
   */
  request<Answer = unknown, Question = unknown>(
    subject: string,
    data?: Question,
    options?: RequestOptions<Answer>,
  ): Promise<Message<Answer>>
  /**
   * Answers requests on a subject: the handler's return value is the answer, an error that it
   * throws is the error. An async generator streams: each `yield` is a part, its `return` the last
   * one. When the requester has given up or left, the generator ends at its next `yield`: its
   * `finally` runs. The code that answers is loaded at the first request. Serves again after a
   * reconnect, and keeps trying while another client serves the subject. Returns the undo.
   * @throws {WildcastError} `invalid_subject`; `already_served` if this client serves it already;
   * `interrupted` after `close()`
   * @example const undo = client.serve('time.now', () => new Date().toISOString())
   */
  serve<Question = unknown, Answer = unknown>(
    subject: string,
    handler: Handler<Question, Answer>,
    options?: ServeOptions,
  ): Undo
  /**
   * Asks the relay whether the client may do something now, for instance to hide a button. A relay
   * without authentication allows everything. The answer holds until `onAccess` is called.
   *
   * Rejects with `invalid_subject`, `interrupted` (the session was lost) or `unsupported` (a
   * classic server).
   * @example const isAllowed = await client.can('publish', 'room.42')
   */
  can(action: ActionKind, subject: string, options?: CanOptions): Promise<boolean>
}
