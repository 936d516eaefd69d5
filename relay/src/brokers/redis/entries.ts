import { type BrokerMessage, decodeUtf8, type Subject } from '@wildcast/protocol'
import type { RedisNames } from './subjects.js'
import { changeMarkOf } from './values/change-mark.js'

/** An entry of a stream. */
export interface StreamEntry {
  readonly id: string
  /** `gone`: it was dropped from a stream that grew too long. `foreign`: no relay wrote it. */
  readonly message: BrokerMessage | 'gone' | 'foreign'
}

/** Parses the entries in a reply of `XREADGROUP` or `XCLAIM`: `[id, [field, value, …]]` each. */
export function entriesOf(reply: unknown, names: RedisNames): StreamEntry[] {
  return (reply as readonly [Buffer, readonly Buffer[] | null][]).map(([id, fields]) => ({
    id: id.toString(),
    message: fields ? messageOf(fields, names) : 'gone',
  }))
}

function messageOf(fields: readonly Buffer[], names: RedisNames): BrokerMessage | 'foreign' {
  const named = new Map<string | undefined, Buffer>()
  for (let i = 0; i + 1 < fields.length; i += 2) named.set(fields[i]?.toString(), fields[i + 1] as Buffer)
  const [subject, payload, mark] = [named.get('subject'), named.get('payload'), named.get('mark')]
  const text = subject && decodeUtf8(subject)
  if (text === undefined || !payload || !isOurs(text, names)) return 'foreign'
  const bytes = new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength)
  // The entry of a value.
  return { subject: text, payload: bytes, ...(mark && changeMarkOf(mark)?.fields) }
}

/** Whether a text is a subject as relays write it: other clients may write to the stream, too. */
function isOurs(text: string, names: RedisNames): text is Subject {
  try {
    return names.subjectOf(names.channelOf(text as Subject)) === text
  } catch {
    return false // an invalid escape
  }
}
