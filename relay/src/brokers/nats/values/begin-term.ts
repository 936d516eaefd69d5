import { decodeUtf8 } from '@wildcast/protocol'
import type { Clock } from '../../../core/clock.js'
import { termAfter } from '../../../core/revision.js'
import type { JetStream } from './jet-stream.js'
import { isOutOfRoom, isRefusedWith, jetStreamCodes } from './jet-stream-error.js'
import { termSubject, valuesStream } from './places.js'

/** The newest change that a relay has seen at a NATS, over all its connections. */
export interface NewestChange {
  /** Empty if it has seen none. */
  term: string
  seq: number
}

/** The term of revisions, and the history that it belongs to. */
interface TermRecord {
  /** When the stream was made and, unless there is a cluster, the run of the server. */
  readonly run: string
  readonly term: string
}

/** The history that a stream has now, and the newest change that the relay knows. */
export interface History {
  readonly run: string
  /** The number of the newest message of the stream. */
  readonly lastSeq: number
  readonly newest: NewestChange
}

/**
 * Returns the term of the next revisions of the stream. Begins another one if the server has
 * started again, since its last messages may be lost, or if the stream is another or older one than
 * this relay has seen. Relays that find this at the same time agree on one.
 */
export async function presentTerm(
  jetStream: JetStream,
  { run, lastSeq, newest }: History,
  clock: Pick<Clock, 'wall' | 'random'>,
): Promise<string> {
  for (;;) {
    const message = await jetStream.last(valuesStream, termSubject)
    const known = message && recordOf(message.data)
    const isOlder = known && (known.term < newest.term || (known.term === newest.term && lastSeq < newest.seq))
    if (known?.run === run && !isOlder) return known.term
    const term = termAfter(greater(known?.term, newest.term), clock.wall() / 1000, clock.random())
    const expected = [['Nats-Expected-Last-Subject-Sequence', `${message?.seq ?? 0}`]] as const
    try {
      const record: TermRecord = { run, term }
      await jetStream.publishToNew(valuesStream, termSubject, JSON.stringify(record), expected)
      return term
    } catch (cause) {
      // Values can still be read and deleted.
      if (known && isOutOfRoom(cause)) return known.term
      if (!isRefusedWith(cause, jetStreamCodes.wrongSequence)) throw cause
    }
  }
}

function recordOf(data: Uint8Array): TermRecord | undefined {
  try {
    const { run, term }: { run?: unknown; term?: unknown } = Object(JSON.parse(decodeUtf8(data) ?? ''))
    return typeof run === 'string' && typeof term === 'string' && /^[0-9a-z]{10}$/.test(term)
      ? { run, term }
      : undefined
  } catch {
    return undefined
  }
}

function greater(one = '', other: string): string | undefined {
  return (one > other ? one : other) || undefined
}
