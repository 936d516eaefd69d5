import { isPattern, type JsonValue, type Params, type WildcastError } from '@wildcast/protocol/client'
import { openAppListeners } from '../app/app-listeners.js'
import type { Call } from '../app/call-back.js'
import { interrupted } from '../connection/interrupted.js'
import type { Message, MessageParams } from '../messages/message.js'
import { callPorts, type Scoped } from '../scope-ports.js'
import { refusedStatus } from '../subscriptions/interest-life.js'
import { type AbortableListener, listen } from '../subscriptions/listen.js'
import type { Undo } from '../time/clock.js'
import { checkSubject } from '../verbs.js'
import { PatternValues } from './pattern-values.js'

/**
 * Whether values are complete. `loading`: not received yet. `synced`: complete and live. `stale`:
 * they were complete, but changes may be missing, since the connection or the relay's link to the
 * broker is lost, or the values are sent again. `denied`: not permitted. `error`: refused. Both are
 * retried as those of a subscription are.
 */
export type ValuesStatus = 'loading' | 'synced' | 'stale' | 'denied' | 'error'

/** Options of `watch`. */
export interface WatchOptions {
  /** @default the client's broker */
  readonly broker?: string | undefined
  /** Watches only values that contain this JSON. @default all values */
  readonly filter?: JsonValue | undefined
  /** Stops when it aborts. */
  readonly signal?: AbortSignal | undefined
}

/** The values of a pattern, kept up to date. */
export interface WatchedValues<Data = unknown, Wildcards extends MessageParams = readonly string[]> {
  readonly status: ValuesStatus
  /** Why the values are refused, while they are. */
  readonly error: WildcastError | undefined
  /** The values by subject: another map after each change, the same one in between. */
  readonly all: ReadonlyMap<string, Message<Data, Wildcards>>
  /** The value of a subject. */
  get(subject: string): Message<Data, Wildcards> | undefined
  /** Resolves when all values were received; rejects if they never will be. */
  readonly synced: Promise<void>
  /** Calls back after each change of the values, `status` or `error`. Returns the undo. */
  onChange(listener: () => void): Undo
  /** Stops. The last values stay readable. */
  stop(): void
}

/** Watches the values of a pattern. */
export function watchValues<Data, const Pattern extends string>(
  scope: Scoped,
  pattern: Pattern,
  options: WatchOptions = {},
): WatchedValues<Data, Params<Pattern>> {
  const { filter, signal } = options
  checkSubject(pattern, isPattern)
  const { ports, broker } = callPorts(scope, 'value', pattern, options)
  const watch = new ValueWatch<Data, Params<Pattern>>(ports.call)
  const spec = { subject: pattern, broker, group: undefined, policy: undefined, retained: true, filter }
  watch.undo = listen(ports, spec, watch.listener(signal))
  return watch
}

class ValueWatch<Data, Wildcards extends MessageParams> implements WatchedValues<Data, Wildcards> {
  readonly #table = new PatternValues<Data, Wildcards>()
  readonly #listeners
  /** Whether the subscription is confirmed and connected. */
  #isLive = false
  #wasSynced = false
  #resolve: (() => void) | undefined
  #reject: ((reason: unknown) => void) | undefined
  readonly onChange: WatchedValues['onChange']
  readonly synced: Promise<void>
  error: WildcastError | undefined
  /** Unsubscribes. */
  undo: Undo | undefined

  constructor(call: Call) {
    this.#listeners = openAppListeners<void>(() => call)
    this.onChange = this.#listeners.add
    this.synced = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.synced.catch(() => {}) // `error` has the refusal, too
  }

  get status(): ValuesStatus {
    if (this.error) return refusedStatus(this.error)
    if (!this.#wasSynced) return 'loading'
    return this.#isLive && !this.#table.isLoading ? 'synced' : 'stale'
  }

  get all(): WatchedValues<Data, Wildcards>['all'] {
    return this.#table.values
  }

  get(subject: string): Message<Data, Wildcards> | undefined {
    return this.#table.get(subject)
  }

  stop(): void {
    this.undo?.()
    this.#end(interrupted('stopped'))
  }

  /** The callbacks of the subscription. */
  listener(signal: AbortSignal | undefined): AbortableListener {
    const changed = (): void => this.#listeners.notify()
    const take = (message: Message, fit: boolean): void => {
      if (this.#table.take(message as Message<Data, Wildcards>, fit)) changed() // its types are not checked
    }
    return {
      signal,
      onMessage: (message) => take(message, true),
      onUnfit: (message) => take(message, false),
      onGap: () => {
        this.#table.begin()
        changed()
      },
      onSynced: () => {
        this.#table.end()
        this.#wasSynced = true
        this.error = undefined
        this.#resolve?.()
        changed()
      },
      onContinuity: ({ continuity }) => {
        // A gap ends for values when they were sent again.
        this.#isLive = continuity === 'live' || continuity === 'gap'
        changed()
      },
      onError: (refusal) => {
        this.error = refusal
        changed()
      },
      onEnd: (refusal) => {
        if (refusal)
          this.#reject?.(refusal) // a later connection or token may be accepted
        else this.#end(signal?.aborted ? signal.reason : interrupted('the client was closed'))
      },
    }
  }

  #end(reason: unknown): void {
    this.#isLive = false
    this.#reject?.(reason)
    this.#listeners.notify()
    this.#listeners.clear()
  }
}
