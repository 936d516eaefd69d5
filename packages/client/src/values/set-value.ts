import {
  type HeadersInput,
  isSubject,
  type JsonValue,
  type Payload,
  toHeaders,
  type WildcastError,
} from '@wildcast/protocol/client'
import type { Patience } from '../app/patience.js'
import { interrupted } from '../connection/interrupted.js'
import { newKey } from '../publishing/key.js'
import type { PublishContent } from '../publishing/publish.js'
import { callPorts, payloadFor, type Scoped } from '../scope-ports.js'
import type { Undo } from '../time/clock.js'
import type { VerbPorts } from '../verb-ports.js'
import { checkSubject } from '../verbs.js'
import { type Claim, claim } from '../wills/claim.js'

/** Options of `delete`. */
export interface DeleteOptions {
  /** @default the client's broker */
  readonly broker?: string | undefined
  /** The same as for `publish`. */
  readonly headers?: HeadersInput | undefined
  /** The same as for `publish`. */
  readonly key?: string | true | undefined
  /**
   * Writes only if the value contains this JSON: of an object, the named members. `null`: only if
   * there is no value. Else rejects with `condition_failed` and the present `revision`.
   */
  readonly when?: JsonValue | undefined
  /** Writes only if the value has this revision. Else rejects as for `when`. */
  readonly whenRevision?: string
}

/** Options of `set`. */
export interface SetOptions extends DeleteOptions, Patience {
  /** Waits until the condition holds instead of being rejected. @default false */
  readonly watch?: boolean | undefined
  /** The longest wait with `watch`. @default Infinity */
  readonly timeoutMs?: number | undefined
  /** Milliseconds after which the value expires. */
  readonly ttlMs?: number | undefined
  /**
   * The value that replaces this one when the client's session ends; `null` deletes it. A later
   * write of the subject cancels it.
   */
  readonly will?: unknown
  /** Silence of the client after which the will is written. @default 10000 */
  readonly willAfterMs?: number | undefined
  /** Called once if the will was written, or may have been. */
  readonly onLost?: ((reason: WildcastError) => void) | undefined
}

/** A value that was written. */
export interface SetResult {
  /** The number of the change. Undefined if the broker has none, or there was nothing to delete. */
  readonly revision: string | undefined
}

/** Functions that end the watch over a will, by broker and subject: a later write cancels it. */
const wills = new WeakMap<VerbPorts, Map<string, Undo>>()

/** Writes the value of a subject. */
export async function setValue(
  scope: Scoped,
  subject: string,
  data: unknown,
  options: SetOptions = {},
): Promise<SetResult> {
  checkSubject(subject, isSubject)
  const message = payloadFor(scope, 'value', subject, data)
  if (message.length === 0) throw new TypeError('an empty value is a deletion: call delete')
  return write(scope, subject, message, options)
}

/** Deletes the value of a subject. */
export async function deleteValue(scope: Scoped, subject: string, options: DeleteOptions = {}): Promise<SetResult> {
  return write(scope, subject, '', options)
}

async function write(scope: Scoped, subject: string, message: Payload, options: SetOptions): Promise<SetResult> {
  const { key, when, whenRevision: when_revision, watch, ttlMs: ttl, will, willAfterMs } = options
  checkSubject(subject, isSubject)
  const { ports, broker } = callPorts(scope, 'value', subject, options)
  if ('whenRevision' in options && when_revision === undefined)
    throw new TypeError('whenRevision is undefined: if there is no value, give { when: null }')
  const frame: PublishContent = {
    kind: 'Publish',
    subject,
    message,
    headers: toHeaders(options.headers),
    broker,
    key: key === true ? newKey() : key,
    retain: true,
    when,
    when_revision,
    watch,
    ttl,
    will: will === undefined || will === null ? will : payloadFor(scope, 'value', subject, will),
    will_after: willAfterMs,
  }
  const known = wills.get(ports) ?? new Map<string, Undo>()
  wills.set(ports, known)
  const name = JSON.stringify([broker, subject])
  const isDirect = watch || will !== undefined
  const { onLost } = options
  const lost = (reason: WildcastError): void => ports.call(onLost, reason)
  const written: SetResult & Partial<Claim> = isDirect
    ? await claim(ports, frame, { ...options, lost })
    : await publish(ports, frame)
  known.get(name)?.()
  known.delete(name)
  if (written.end && will !== undefined) known.set(name, written.end)
  return { revision: written.revision }
}

/** Publishes as the client does, also through its outbox. */
function publish(ports: VerbPorts, frame: PublishContent): Promise<SetResult> {
  return new Promise((resolve, reject) => {
    ports.publish(frame, (state, cause) => {
      if (state === 'confirmed') resolve({ revision: revisionOf(cause) })
      else if (state !== 'sent') reject(cause ?? interrupted('the value may have been written'))
    })
  })
}

/** @param frame - the `Ack` of a publish */
function revisionOf(frame: unknown): string | undefined {
  const found = typeof frame === 'object' && frame !== null && 'revision' in frame ? frame.revision : undefined
  return typeof found === 'string' ? found : undefined
}
