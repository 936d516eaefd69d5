import { decodeUtf8 } from '@wildcast/protocol'
import { noPosition } from '../../../core/position.js'
import { revisionOf } from '../../../core/revision.js'

/** A part of a history, from one start of a server to the next. */
export interface KeptTerm {
  /** When the stream was made. */
  readonly created: string
  /** The run of the server, or of the cluster. */
  readonly server: string
  readonly term: string
  /** The number of its first message. */
  readonly from: number
}

/** The terms of a stream, from the oldest: they turn the numbers of messages into positions. */
export class KeptTerms {
  readonly list: readonly KeptTerm[]

  /** @param list - at least one term */
  constructor(list: readonly KeptTerm[]) {
    this.list = list
  }

  /** The present term. */
  get newest(): KeptTerm {
    return this.list.at(-1) as KeptTerm
  }

  /** Returns the position of the message with this number. */
  positionOf(seq: number): string {
    const { term } = this.list.findLast(({ from }) => from <= seq) ?? (this.list[0] as KeptTerm)
    return revisionOf(term, seq)
  }

  /** Returns the number of the last message that is not after a position. */
  lastUpTo(position: string): number {
    const [term = '', count = ''] = position.split('-')
    const at = this.list.findLastIndex((one) => one.term <= term)
    const found = this.list[at]
    if (!found) return 0
    const end = (this.list[at + 1]?.from ?? Number.POSITIVE_INFINITY) - 1
    // Messages of terms before the first one, which are forgotten, have positions of the first one.
    const before = at === 0 ? 0 : found.from - 1
    return found.term < term ? end : Math.min(end, Math.max(before, Number.parseInt(count, 36)))
  }

  /** Returns the number of the last message that is before a position. */
  lastBefore(position: string): number {
    const last = this.lastUpTo(position)
    return last > 0 && this.positionOf(last) === position ? last - 1 : last
  }

  /**
   * Whether a position is one of this history.
   * @param last - the number of the newest message
   */
  isKnown(position: string, last: number): boolean {
    if (position === noPosition) return true
    const [term = '', count = ''] = position.split('-')
    const at = this.list.findIndex((one) => one.term === term)
    return at >= 0 && Number.parseInt(count, 36) <= Math.min(last, (this.list[at + 1]?.from ?? last + 1) - 1)
  }
}

/** Reads a record of terms. Those of a stream that was deleted may be among them. */
export function termsIn(data: Uint8Array | undefined): readonly KeptTerm[] {
  try {
    const list: unknown = JSON.parse(decodeUtf8(data ?? new Uint8Array()) ?? '')
    return Array.isArray(list) ? list.filter(isTerm) : []
  } catch {
    return []
  }
}

function isTerm(found: unknown): found is KeptTerm {
  const { created, server, term, from }: { [Key in keyof KeptTerm]?: unknown } = Object(found)
  const texts = typeof created === 'string' && typeof server === 'string' && typeof term === 'string'
  return texts && /^[0-9a-z]{10}$/.test(term) && typeof from === 'number' && Number.isSafeInteger(from)
}
