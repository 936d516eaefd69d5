import type { HeadersInput, Params } from '@wildcast/protocol/client'
import type { Message } from './messages/message.js'
import type { Publication } from './publishing/publication.js'
import type { RequestWait } from './requests/request.js'
import type { Handler } from './requests/serve.js'
import type { PolicyOptions } from './subscriptions/policy.js'
import type { Subscription } from './subscriptions/subscription.js'
import type { SubscriptionEvents } from './subscriptions/subscription-events.js'
import type { Undo } from './time/clock.js'

/** How to serve. */
export interface ServeOptions extends SubscriptionEvents {
  /** @default the client's broker */
  readonly broker?: string | undefined
  /** Ends it. */
  readonly signal?: AbortSignal | undefined
}

/** How to subscribe. */
export interface SubscribeOptions extends ServeOptions, PolicyOptions {
  /** Each message goes to one member of the group. */
  readonly group?: string | undefined
}

/** How to publish. */
export interface PublishOptions {
  /** @default the client's broker */
  readonly broker?: string | undefined
  /**
   * An object, a `Map` or pairs; a value is a string, or several in an array. 64 headers at most,
   * with 8,192 bytes of names and values.
   */
  readonly headers?: HeadersInput | undefined
  /** Where answers are awaited. */
  readonly responseSubject?: string | undefined
  /** Allows a pattern as the subject, where the broker can do it. @default false */
  readonly wildcard?: boolean | undefined
  /**
   * A text of 1 to 256 bytes, or `true` for a random one: for two minutes the relay does all
   * publishes under one key once, and the client sends it again if its session was lost on the way
   * and the same relay answers.
   */
  readonly key?: string | true | undefined
}

/** How to request. */
export interface RequestOptions<Answer = unknown> extends RequestWait<Answer> {
  /** @default the client's broker */
  readonly broker?: string | undefined
  /** As of `publish`. */
  readonly headers?: HeadersInput | undefined
}

/** Everything that can be done on one broker. */
export interface Scope {
  /**
   * Calls `handler` with every message of a pattern, in order. Returns the undo. Equal
   * subscriptions share one on the wire. If the handler returns a promise, a message of a group is
   * handled when that is settled.
   *
   * `Data` is the type of `message.data`, which is not checked. `message.params` has a string for
   * each wildcard, unless `Data` is given alone: TypeScript then takes the pattern for any string.
   * @throws {WildcastError} `invalid_subject`; `interrupted` after `close()`
   * @throws {TypeError} if `deliver` is unknown, or `maxRate` is no number
   * @throws {RangeError} if `maxRate` is not above 0
   * @example
   * const undo = client.subscribe('good.*', (message) => console.log(message.params[0], message.data))
   */
  subscribe<Data = unknown, const Pattern extends string = string>(
    pattern: Pattern,
    handler: (message: Message<Data, Params<Pattern>>) => unknown,
    options?: SubscribeOptions,
  ): Undo
  /**
   * The same as an async iterable, which keeps what comes while the loop is busy. When the last
   * loop is left, it unsubscribes.
   * @throws {WildcastError} `invalid_subject`; `interrupted` after `close()`
   * @example
   * for await (const message of client.subscribe('good.*')) console.log(message.subject)
   */
  subscribe<Data = unknown, const Pattern extends string = string>(
    pattern: Pattern,
    options?: SubscribeOptions,
  ): Subscription<Data, Params<Pattern>>
  /**
   * Publishes. A string travels as its text, bytes as they are, `undefined` as nothing, everything
   * else as JSON. While offline it waits for its turn. The promise that it returns has a `state`
   * and an `outcome`, too.
   *
   * Rejects with a `WildcastError`: `invalid_subject`, `too_large`, `rate_limited`, `forbidden`,
   * `broker_down` …; with a `TypeError` for data that would be lost or changed on the way: text
   * with a lone surrogate, and what JSON has no form for, such as NaN, a bigint, a function, a
   * `Map`, `Set`, `Error`, `Blob`, or bytes inside an object; and for a `key` that can't be one.
   * @example await client.publish('good.apple', { price: 3 })
   */
  publish<Data = unknown>(subject: string, data?: Data, options?: PublishOptions): Publication
  /**
   * Asks, and resolves with the answer. `Answer` is the type of its `data`, which is not checked.
   *
   * Rejects with `timeout`, `no_responders`, `interrupted` (the connection was lost), the
   * responder's error, or the signal's reason; with a `TypeError` for data as `publish` does, or a
   * `timeoutMs` that is no number; with a `RangeError` for a `timeoutMs` that is NaN or not above
   * 0.
   * @example const { data } = await client.request('math.sum', [1, 2])
   */
  request<Answer = unknown, Question = unknown>(
    subject: string,
    data?: Question,
    options?: RequestOptions<Answer>,
  ): Promise<Message<Answer>>
  /**
   * Answers requests: what the handler returns is the answer, what it throws the error. An async
   * generator streams: each `yield` is a part, its `return` the last. When the asker has given up
   * or left, the generator is ended at its next `yield`: its `finally` runs. The code that answers
   * is loaded with the first request. After a reconnect it serves again; while somebody else serves
   * the subject it keeps trying. Returns the undo.
   * @throws {WildcastError} `invalid_subject`; `already_served` where this client does;
   * `interrupted` after `close()`
   * @example const undo = client.serve('time.now', () => new Date().toISOString())
   */
  serve<Question = unknown, Answer = unknown>(
    subject: string,
    handler: Handler<Question, Answer>,
    options?: ServeOptions,
  ): Undo
}
