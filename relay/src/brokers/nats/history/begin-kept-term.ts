import type { Clock } from '../../../core/clock.js'
import { termAfter } from '../../../core/revision.js'
import type { JetStream } from '../values/jet-stream.js'
import { isRefusedWith, jetStreamCodes } from '../values/jet-stream-error.js'
import { type KeptRule, termsStream } from './kept-rules.js'
import { termsSettings } from './kept-settings.js'
import { type KeptTerm, KeptTerms, termsIn } from './kept-terms.js'

/** How many terms are remembered. Positions of earlier ones are unknown. */
const mostTerms = 100

/** A stream as it is now. */
export interface PresentStream extends Pick<KeptTerm, 'created' | 'server'> {
  /** The number of its newest message. */
  readonly last: number
}

/**
 * Returns the terms of a stream. Begins another one if the server has started again, since its last
 * messages may be lost, or if the stream is an older one than this relay has seen. Relays that find
 * this at the same time agree on one.
 */
export async function presentTerms(
  jetStream: JetStream,
  { termsSubject, newest }: Pick<KeptRule, 'termsSubject' | 'newest'>,
  { created, server, last }: PresentStream,
  clock: Pick<Clock, 'wall' | 'random'>,
): Promise<KeptTerms> {
  const seen = { ...newest } // as of now: other relays may begin another term meanwhile
  for (;;) {
    const message = await jetStream.last(termsStream, termsSubject)
    const all = termsIn(message?.data)
    const newestTerm = all.at(-1)?.term ?? ''
    const known = all.filter((one) => one.created === created && one.from <= last + 1)
    const present = known.at(-1)
    const isSeen = present && (present.term > seen.term || (present.term === seen.term && last >= seen.seq))
    if (isSeen && present.server === server && present.term === newestTerm) return new KeptTerms(known)
    const before = newestTerm > seen.term ? newestTerm : seen.term
    const term = termAfter(before || undefined, clock.wall() / 1000, clock.random())
    // Without a record, all messages that are there belong to the new term.
    const next = { created, server, term, from: present ? last + 1 : 1 }
    const terms = [...known, next].slice(-mostTerms)
    if (await wasFirst(jetStream, termsSubject, terms, message?.seq ?? 0)) return new KeptTerms(terms)
  }
}

/** Stores the terms, unless another relay was faster. */
async function wasFirst(
  jetStream: JetStream,
  subject: string,
  terms: readonly KeptTerm[],
  after: number,
): Promise<boolean> {
  if (after === 0)
    await jetStream.create(termsSettings()).catch((cause: unknown) => {
      if (!isRefusedWith(cause, jetStreamCodes.otherStream)) throw cause
    })
  const expected = [['Nats-Expected-Last-Subject-Sequence', `${after}`]] as const
  try {
    await jetStream.publishToNew(termsStream, subject, JSON.stringify(terms), expected)
    return true
  } catch (cause) {
    if (isRefusedWith(cause, jetStreamCodes.wrongSequence)) return false
    throw cause
  }
}
