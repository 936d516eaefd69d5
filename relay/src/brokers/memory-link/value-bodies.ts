import type { Headers, Pattern, Payload, Subject } from '@wildcast/protocol'
import type { PublishKey } from '../../core/publish-key.js'
import type { StoredValue, StoredWill, ValuePage, ValuePageRequest, ValueWrite, Written } from '../../core/store.js'
import { besideForm, decode, encode, type MessageBody, read, readBeside, written } from './bodies.js'

// The bodies of the frames of a store, as in `bodies.ts`.

/** MessagePack has no `undefined`: `false` stands for a write without a condition. */
type WriteBody = readonly [
  message: MessageBody,
  ifRevision: string | null | false,
  ttlMs: number | null | undefined,
  will: readonly [Payload, string] | null | undefined,
  key?: KeyBody | undefined,
]

/** Absent from frames without a key. */
type KeyBody = readonly [name: string, fingerprint: string]

type ValueBody = readonly [
  subject: Subject,
  revision: string | null | undefined,
  payload: Payload,
  headers: Headers | null | undefined,
  user: string | null | undefined,
  beside?: ReturnType<typeof besideForm>,
  expiresAt?: number | null,
]

/** The user goes along, but no other field of `from`. */
export function writeBody({ message, ifRevision, ttlMs, will, key }: ValueWrite): Uint8Array {
  const { user = message.from?.user } = message
  const condition = ifRevision === undefined ? false : ifRevision
  const body: WriteBody = [written({ ...message, user }), condition, ttlMs, will && [will.payload, will.lease]]
  return encode(key ? [...body, keyForm(key)] : body)
}

export function readWrite(body: Uint8Array): ValueWrite {
  const [message, ifRevision, ttlMs, will, key] = decode(body) as WriteBody
  return {
    message: read(message),
    ifRevision: ifRevision === false ? undefined : ifRevision,
    ttlMs: ttlMs ?? undefined,
    will: will ? willOf(will) : undefined,
    key: key && readKey(key),
  }
}

/** The form of a key in a body. */
export function keyForm({ name, fingerprint }: PublishKey): KeyBody {
  return [name, fingerprint]
}

/** Reads that form. */
export function readKey([name, fingerprint]: KeyBody): PublishKey {
  return { name, fingerprint }
}

export function writtenBody(result: Written): Uint8Array {
  const revision = result.kind === 'unchanged' ? undefined : result.revision
  return encode(result.kind === 'written' && result.repeated ? [result.kind, revision, true] : [result.kind, revision])
}

export function readWritten(body: Uint8Array): Written {
  const [kind, revision, repeated] = decode(body) as [Written['kind'], string | null, true?]
  if (kind === 'unchanged') return { kind }
  if (kind === 'refused') return { kind, revision: revision ?? undefined }
  return { kind, revision: revision ?? '', ...(repeated && { repeated }) }
}

export function valueBody(value: StoredValue | undefined): Uint8Array {
  return encode(value && valueForm(value))
}

export function readValue(body: Uint8Array): StoredValue | undefined {
  const value = decode(body) as ValueBody | null
  return value ? readForm(value) : undefined
}

export function pageRequestBody(pattern: Pattern, { after, values, bytes }: ValuePageRequest): Uint8Array {
  return encode([pattern, after, values, bytes])
}

export function readPageRequest(body: Uint8Array): { readonly pattern: Pattern; readonly request: ValuePageRequest } {
  const [pattern, after, values, bytes] = decode(body) as [Pattern, Subject | null, number, number]
  return { pattern, request: { after: after ?? undefined, values, bytes } }
}

export function pageBody({ values, next }: ValuePage): Uint8Array {
  return encode([values.map(valueForm), next])
}

export function readPage(body: Uint8Array): ValuePage {
  const [values, next] = decode(body) as [ValueBody[], Subject | null]
  return { values: values.map(readForm), next: next ?? undefined }
}

/** The body of a subject or of a lease. */
export function textBody(text: string): Uint8Array {
  return encode(text)
}

export function readTextBody(body: Uint8Array): string {
  return decode(body) as string
}

function valueForm({ subject, revision, payload, headers, user, beside, expiresAt }: StoredValue): ValueBody {
  const short = [subject, revision, payload, headers, user] as const
  return beside || expiresAt !== undefined ? [...short, besideForm(beside), expiresAt ?? null] : short
}

function readForm([subject, revision, payload, headers, user, beside, expiresAt]: ValueBody): StoredValue {
  const value = { subject, revision: revision ?? undefined, payload, headers: headers ?? undefined }
  return {
    ...value,
    user: user ?? undefined,
    ...(beside && { beside: readBeside(beside) }),
    ...(typeof expiresAt === 'number' && { expiresAt }),
  }
}

function willOf([payload, lease]: readonly [Payload, string]): StoredWill {
  return { payload, lease }
}
