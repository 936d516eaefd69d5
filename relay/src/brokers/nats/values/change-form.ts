import type { BrokerMessage, Headers } from '@wildcast/protocol'
import { revisionOf } from '../../../core/revision.js'
import { names } from '../subjects.js'
import { changePrefix } from './places.js'
import { storedFormIn } from './stored-form.js'

/** A change of a value, as the server has published it again. */
export interface ReceivedChange {
  readonly term: string
  readonly seq: number
  /** The number of the message before it on its subject, 0 if there was none. */
  readonly previous: number
  readonly message: BrokerMessage
}

/** Reads a change. Returns undefined if it is not a relay's. */
export function receivedChange(subject: string, headers: Headers, data: Uint8Array): ReceivedChange | undefined {
  const form = storedFormIn(headers, data)
  const [seq, previous] = ['Nats-Sequence', 'Nats-Last-Sequence'].map((name) => numberIn(headers, name))
  const own = names.subjectOf(subject.slice(changePrefix.length))
  if (!form || own === undefined || seq === undefined || previous === undefined) return undefined
  const { term, payload, about } = form
  const revision = revisionOf(term, seq)
  const deleted = payload.length === 0
  return {
    term,
    seq,
    previous,
    message: { subject: own, payload, ...about, revision, ...(deleted && { deleted: true as const }) },
  }
}

function numberIn(headers: Headers, wanted: string): number | undefined {
  const number = Number(headers.findLast(([name]) => name === wanted)?.[1])
  return Number.isSafeInteger(number) ? number : undefined
}
