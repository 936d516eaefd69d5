import { isPattern, type JsonValue, type Params, WildcastError } from '@wildcast/protocol/client'
import { openAppListeners } from '../app/app-listeners.js'
import { checkNumber } from '../app/number-option.js'
import type { Message, MessageParams } from '../messages/message.js'
import { callPorts, type Scoped } from '../scope-ports.js'
import { refusedStatus } from '../subscriptions/interest-life.js'
import { listen } from '../subscriptions/listen.js'
import type { Completeness, Continuity } from '../subscriptions/subscription-events.js'
import type { Undo } from '../time/clock.js'
import { checkSubject } from '../verbs.js'
import { getPage } from './kept-page.js'

/**
 * The state of a list. `loading`: the newest page was not received yet. `ready`: it was, and new
 * messages are added. `denied`: not permitted. `error`: refused. Both are retried as those of a
 * subscription are.
 */
export type HistoryStatus = 'loading' | 'ready' | 'denied' | 'error'

/** Options of `watch`. */
export interface WatchHistoryOptions {
  /** @default the client's broker */
  readonly broker?: string | undefined
  /** Only messages that contain this JSON. @default all messages */
  readonly filter?: JsonValue | undefined
  /** The number of messages of a page: from 1 to 999. @default 100 */
  readonly limit?: number | undefined
  /** Stops when it aborts. */
  readonly signal?: AbortSignal | undefined
}

/** The newest messages of a history, with older ones as they are loaded, and new ones. */
export interface WatchedHistory<Data = unknown, Wildcards extends MessageParams = readonly string[]> {
  readonly status: HistoryStatus
  /** In the order of their positions, each once: another array after each change. */
  readonly items: readonly Message<Data, Wildcards>[]
  /** Whether the broker has older messages. */
  readonly hasMore: boolean
  readonly isLoadingMore: boolean
  /** Whether the list is complete since its first message. */
  readonly continuity: Continuity
  /** Why the messages, or older ones, are refused, while they are. */
  readonly error: WildcastError | undefined
  /** Loads a page of older messages. Resolves when it is there, or was refused. */
  loadMore(): Promise<void>
  /** Calls back after each change. Returns the undo. */
  onChange(listener: () => void): Undo
  /** Stops. The messages stay readable. */
  stop(): void
}

/** Watches the newest messages of a pattern. */
export function watchHistory<Data, const Pattern extends string>(
  scope: Scoped,
  pattern: Pattern,
  { limit = 100, ...options }: WatchHistoryOptions = {},
): WatchedHistory<Data, Params<Pattern>> {
  checkSubject(pattern, isPattern)
  const count = Math.min(Math.ceil(checkNumber('limit', limit)), 999)
  return new HistoryWatch<Data, Params<Pattern>>(scope, pattern, { ...options, limit: count })
}

class HistoryWatch<Data, Wildcards extends MessageParams> implements WatchedHistory<Data, Wildcards> {
  readonly #scope: Scoped
  readonly #pattern: string
  readonly #options: WatchHistoryOptions & { readonly limit: number }
  readonly #listeners
  readonly #ended = new AbortController()
  #items: Message<Data, Wildcards>[] = []
  #copy: readonly Message<Data, Wildcards>[] | undefined
  #loading: Promise<void> | undefined
  /** The position of the oldest message that was received, also if it was left out. */
  #oldest: string | undefined
  #leftOut = 0
  #wasReady = false
  readonly onChange: WatchedHistory['onChange']
  status: HistoryStatus = 'loading'
  hasMore = false
  continuity: Continuity = 'catching-up'
  error: WildcastError | undefined

  constructor(scope: Scoped, pattern: string, options: WatchHistoryOptions & { readonly limit: number }) {
    const { filter, limit, signal } = options
    const { ports, broker } = callPorts(scope, 'message', pattern, options)
    this.#scope = scope
    this.#pattern = pattern
    this.#options = options
    this.#listeners = openAppListeners<void>(() => ports.call)
    this.onChange = this.#listeners.add
    // One more, to know whether there are older ones.
    const spec = { subject: pattern, broker, group: undefined, policy: undefined, filter, last: limit + 1 }
    const undo = listen(ports, spec, {
      signal,
      onMessage: (message) => this.#add(message as Message<Data, Wildcards>), // its types are not checked
      onUnfit: ({ position }) => this.#leaveOut(position),
      onSynced: () => this.#sync(),
      onContinuity: ({ continuity }: Completeness) => this.#change({ continuity }),
      onError: (error) => this.#change({ status: refusedStatus(error), error }),
      onEnd: (refusal) => {
        if (!refusal) this.#ended.abort() // a later connection or token may be accepted
      },
    })
    this.#ended.signal.addEventListener('abort', undo)
  }

  get items(): readonly Message<Data, Wildcards>[] {
    this.#copy ??= [...this.#items]
    return this.#copy
  }

  get isLoadingMore(): boolean {
    return this.#loading !== undefined
  }

  loadMore(): Promise<void> {
    const oldest = this.#oldest
    if (!this.hasMore || oldest === undefined || this.#ended.signal.aborted) return Promise.resolve()
    this.#loading ??= this.#load(oldest).finally(() => {
      this.#loading = undefined
      this.#change({})
    })
    this.#change({})
    return this.#loading
  }

  stop(): void {
    this.#ended.abort()
    this.#listeners.clear()
  }

  async #load(before: string): Promise<void> {
    const { broker, filter, limit } = this.#options
    const { signal } = this.#ended
    try {
      // While offline, it waits for the next connection.
      const how = { broker, filter, limit, before, signal, timeoutMs: Number.POSITIVE_INFINITY }
      const { messages, hasMore, first } = await getPage<Data, string>(this.#scope, this.#pattern, how)
      this.#items = [...(messages as readonly Message<Data, Wildcards>[]), ...this.#items]
      this.#oldest = first ?? before
      this.#change({ hasMore, error: this.status === 'ready' ? undefined : this.error })
    } catch (cause) {
      if (!signal.aborted) this.#change({ error: WildcastError.from(cause) })
    }
  }

  /** Messages that are not kept are no part of a history. */
  #add(message: Message<Data, Wildcards>): void {
    const { position } = message
    if (position === undefined || position <= (this.#items.at(-1)?.position ?? '')) return
    this.#oldest ??= position
    this.#items.push(message)
    this.#change({})
  }

  /** It does not fit the contract, but counts. */
  #leaveOut(position: string | undefined): void {
    this.#oldest ??= position
    this.#leftOut++
  }

  #sync(): void {
    const { limit } = this.#options
    const surplus = this.#items.length - limit
    if (!this.#wasReady && surplus + this.#leftOut > 0) {
      this.hasMore = true
      if (surplus > 0) {
        this.#items.splice(0, surplus)
        this.#oldest = this.#items[0]?.position
      }
    }
    this.#wasReady = true
    this.#change({ status: 'ready', error: undefined })
  }

  #change(to: Partial<Pick<WatchedHistory, 'status' | 'hasMore' | 'continuity' | 'error'>>): void {
    this.#copy = undefined
    Object.assign(this, to)
    this.#listeners.notify()
  }
}
