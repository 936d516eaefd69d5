import type { Contract, InputOf, SubjectIn } from '@wildcast/contract'
import { isSubject } from '@wildcast/protocol/client'
import type { Patience } from '../app/patience.js'
import type { ContractScope } from '../contract/contract-scope.js'
import { postAgain } from '../exchanges/post-again.js'
import type { PublishContent } from '../publishing/publish.js'
import type { Scope } from '../scope.js'
import { callPorts, payloadFor, type Scoped } from '../scope-ports.js'
import type { VerbPorts } from '../verb-ports.js'
import { checkSubject } from '../verbs.js'
import { claim } from '../wills/claim.js'
import { watchOwnValue } from './own-value.js'

/** Options of `lock`. */
export interface LockOptions extends Patience {
  /** How long to wait for the lock; with 0, not at all. @default Infinity */
  readonly timeoutMs?: number | undefined
  /** The value of the subject while the lock is held, such as the user's name. @default {} */
  readonly data?: unknown
  /** @default the client's broker */
  readonly broker?: string | undefined
}

/**
 * The options of a call that writes a value of this type; they may be left out if `{}` fits.
 */
export type DataOption<Options, Data> =
  Record<never, never> extends Data
    ? [options?: Options & { readonly data?: Data | undefined }]
    : [options: Options & { readonly data: Data }]

/** A lock that this client holds until it releases or loses it. */
export interface Lock {
  /**
   * Greater than that of each earlier holder, as a text. A resource that must be exclusive compares
   * it, since a page that was frozen doesn't know that its lock is lost.
   */
  readonly token: string
  /**
   * Aborts when the lock is lost, or may be: its value was deleted or replaced, the relay was
   * silent for too long, the session was lost, or the client was closed.
   */
  readonly lost: AbortSignal
  /** Releases the lock. Resolves when the next holder may have it. Does nothing if it is lost. */
  release(): Promise<void>
}

/** Waits for a lock whose subject has values in the contract. */
export function lock<Api extends Contract, const Text extends string>(
  scope: ContractScope<Api>,
  subject: SubjectIn<Api, 'value', Text>,
  ...options: DataOption<LockOptions, InputOf<Api, 'value', Text>>
): Promise<Lock>
/**
 * Waits for a lock: the subject has no value, and this client writes one. If the page ends without
 * a release, the relay deletes the value; after a crash within 10 s.
 *
 * Rejects with `timeout`, the signal's reason, or as `publish`; with `condition_failed` if
 * `timeoutMs` is 0 and another client has the lock.
 * @example
 * const { token, lost, release } = await lock(client, 'doc.42', { timeoutMs: 5_000 })
 */
export function lock(scope: Scope, subject: string, options?: LockOptions): Promise<Lock>
export async function lock(scope: Scoped, subject: string, options: LockOptions = {}): Promise<Lock> {
  const { timeoutMs, signal, data = {} } = options
  checkSubject(subject, isSubject)
  const { ports, broker } = callPorts(scope, 'value', subject, options)
  const message = payloadFor(scope, 'value', subject, data)
  if (message.length === 0) throw new TypeError('data must not be empty: the lock is its value')
  const controller = new AbortController()
  const target = { kind: 'Publish', subject, broker, retain: true } as const
  const remove = (when_revision: string | undefined): Promise<void> =>
    removeValue(ports, { ...target, message: '', when_revision })
  const claimed = claim(
    ports,
    { ...target, message, when: null, watch: timeoutMs !== 0, will: null },
    {
      timeoutMs,
      signal,
      lost(reason) {
        controller.abort(reason)
        // The relay may not know that this client has given up the lock.
        void claimed.then(({ revision }) => remove(revision)).catch(() => {})
      },
    },
  )
  const { revision = '', end } = await claimed
  const unwatch = watchOwnValue(ports, { subject, broker, revision }, controller.signal, (reason) => {
    end()
    controller.abort(reason)
  })
  let released: Promise<void> | undefined
  return {
    token: revision,
    lost: controller.signal,
    release() {
      end()
      unwatch()
      released ??= remove(revision)
      return released
    },
  }
}

/** Deletes a value, unless it has changed. Resolves also if the client is closed. */
function removeValue(ports: VerbPorts, content: PublishContent): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    postAgain(ports, {
      frame: () => content,
      again: (waitMs = 0) => (waitMs > 0 ? content : undefined),
      answer: () => resolve(),
      fail: (error) => (['condition_failed', 'interrupted'].includes(error.code) ? resolve() : reject(error)),
    })
  })
}
