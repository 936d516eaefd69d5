import type { Context } from 'hono'
import type { PartSize, SubjectHistory } from '../../../core/history/subject-history.js'
import type { Session } from '../../../core/session.js'
import { isListed } from '../etags.js'
import { goneAnswer } from './answers.js'
import { contentOf, formOf } from './content.js'
import { positionOf, type ReadRequest } from './read-request.js'

/** The most messages of an answer, and bytes of their payloads. */
export const answerSize: PartSize = { messages: 2000, bytes: 1024 * 1024 }

/** Answers with the facts of a history. */
export async function answerHead(c: Context, session: Session, request: ReadRequest): Promise<Response> {
  const history = await session.history.open(request)
  const headers = { 'content-type': history.type, 'stream-next-offset': await history.newest() }
  return c.body(null, 200, { ...headers, 'cache-control': 'no-store' })
}

/** Answers with the kept messages after an offset. */
export async function answerRead(c: Context, session: Session, request: ReadRequest): Promise<Response> {
  const history = await session.history.open(request)
  const position = positionOf(request.offset)
  if (position === undefined) return answerNow(c, history)
  if (await isGone(history, request)) return goneAnswer()
  const part = await history.after(position, answerSize)
  if (part.isLate) return goneAnswer()
  const first = part.messages[0]?.position ?? position
  const etag = `"${first}.${part.next}${part.isNewest ? '.end' : ''}"`
  const headers = { ...partHeaders(history, part), etag, 'cache-control': 'private, no-cache' }
  if (isListed(c.req.header('if-none-match'), etag)) return c.body(null, 304, headers)
  return new Response(contentOf(part.messages, history.type), { headers })
}

/** The headers of an answer with messages, or without one at the end. */
export function partHeaders(
  { type }: SubjectHistory,
  { next, isNewest }: { readonly next: string; readonly isNewest: boolean },
): Record<string, string> {
  return {
    'content-type': type,
    'stream-next-offset': next,
    ...(isNewest && { 'stream-up-to-date': 'true' }),
  }
}

/** Whether messages after the offset of a reader are forgotten. */
export async function isGone(history: SubjectHistory, { offset }: ReadRequest): Promise<boolean> {
  return offset.kind === 'after' && !(await history.recovers(offset.position))
}

async function answerNow(c: Context, history: SubjectHistory): Promise<Response> {
  const headers = partHeaders(history, { next: await history.newest(), isNewest: true })
  return c.body(formOf(history.type) === 'json' ? '[]' : '', 200, { ...headers, 'cache-control': 'no-store' })
}
