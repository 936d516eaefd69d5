import { WildcastError } from '@wildcast/protocol'
import type { Context } from 'hono'
import type { Append } from '../../../core/history/session-history.js'

/** The longest name of a producer. */
const longestName = 256

const wholeNumber = /^(?:0|[1-9]\d{0,14})$/

/**
 * Returns the producer of a write; undefined if it names none.
 * @throws {WildcastError} `invalid_frame`
 */
export function producerOfRequest(c: Context): Append['producer'] {
  const [id, epoch, seq] = [c.req.header('producer-id'), c.req.header('producer-epoch'), c.req.header('producer-seq')]
  if (id === undefined && epoch === undefined && seq === undefined) return undefined
  if (id === undefined || epoch === undefined || seq === undefined)
    throw invalid('send Producer-Id, Producer-Epoch and Producer-Seq together')
  if (id === '' || id.length > longestName) throw invalid(`Producer-Id takes 1 to ${longestName} characters`)
  if (!wholeNumber.test(epoch) || !wholeNumber.test(seq))
    throw invalid('Producer-Epoch and Producer-Seq take whole numbers from 0')
  return { id, epoch: Number(epoch), seq: Number(seq) }
}

function invalid(why: string): WildcastError {
  return new WildcastError('invalid_frame', why)
}
