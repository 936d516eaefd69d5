import type { BrokerMessage, Headers, Pattern, Payload, Subject } from '@wildcast/protocol'
import type { HistoryPage, HistoryPageRequest, HistoryState, StoredMessage } from '../../core/history-store.js'
import type { PublishKey } from '../../core/publish-key.js'
import { userOf } from '../../stores/change.js'
import { besideForm, decode, encode, type MessageBody, read, readBeside, written } from './bodies.js'
import { keyForm, readKey } from './value-bodies.js'

// The bodies of the frames of a history, as in `bodies.ts`.

type StoredBody = readonly [
  subject: Subject,
  position: string,
  payload: Payload,
  headers?: Headers | null | undefined,
  user?: string | null | undefined,
  revision?: string | null | undefined,
  deleted?: true | null | undefined,
  beside?: ReturnType<typeof besideForm>,
]

/** The state of a pattern, and whether a position is one of this history. */
type KnownState = HistoryState & { readonly isKnown: boolean }

/** The user goes along, but no other field of `from`. */
export function appendBody(message: BrokerMessage, key?: PublishKey): Uint8Array {
  const body = written({ ...message, user: userOf(message) })
  return encode(key ? [body, keyForm(key)] : [body])
}

export function readAppend(body: Uint8Array): readonly [message: BrokerMessage, key?: PublishKey | undefined] {
  const [message, key] = decode(body) as [MessageBody, ReturnType<typeof keyForm>?]
  return [read(message), key && readKey(key)]
}

export function historyRequestBody(pattern: Pattern, request: HistoryPageRequest): Uint8Array {
  const { after, before, newestFirst, messages, bytes } = request
  return encode([pattern, after, before, newestFirst, messages, bytes])
}

export function readHistoryRequest(body: Uint8Array): {
  readonly pattern: Pattern
  readonly request: HistoryPageRequest
} {
  type Bounds = [Pattern, string | null, string | null, boolean | null, number, number]
  const [pattern, after, before, newestFirst, messages, bytes] = decode(body) as Bounds
  const [from, to] = [after ?? undefined, before ?? undefined]
  return { pattern, request: { after: from, before: to, newestFirst: newestFirst ?? undefined, messages, bytes } }
}

export function historyPageBody({ newest, forgotten, messages, next }: HistoryPage): Uint8Array {
  return encode([newest, forgotten, messages.map(storedForm), next])
}

export function readHistoryBody(body: Uint8Array): HistoryPage {
  const [newest, forgotten, messages, next] = decode(body) as [string, string, StoredBody[], string | null]
  return { newest, forgotten, messages: messages.map(readStored), next: next ?? undefined }
}

export function stateRequestBody(pattern: Pattern, position: string): Uint8Array {
  return encode([pattern, position])
}

export function readStateRequest(body: Uint8Array): readonly [pattern: Pattern, position: string] {
  return decode(body) as [Pattern, string]
}

export function stateBody({ newest, forgotten, isKnown }: KnownState): Uint8Array {
  return encode([newest, forgotten, isKnown])
}

export function readState(body: Uint8Array): KnownState {
  const [newest, forgotten, isKnown] = decode(body) as [string, string, boolean]
  return { newest, forgotten, isKnown }
}

function storedForm({
  subject,
  position,
  payload,
  headers,
  user,
  revision,
  deleted,
  beside,
}: StoredMessage): StoredBody {
  const short = [subject, position, payload, headers, user, revision, deleted] as const
  return beside ? [...short, besideForm(beside)] : short
}

function readStored([subject, position, payload, headers, user, revision, deleted, beside]: StoredBody): StoredMessage {
  return {
    subject,
    position,
    payload,
    headers: headers ?? undefined,
    user: user ?? undefined,
    revision: revision ?? undefined,
    deleted: deleted ?? undefined,
    ...(beside && { beside: readBeside(beside) }),
  }
}
