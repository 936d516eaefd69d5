import { payloadBytes, payloadText, WildcastError } from '@wildcast/protocol'
import type { Context } from 'hono'
import type { RetainCommand } from '../../core/commands.js'
import { ConditionFailed } from '../../core/condition-failed.js'
import type { Session } from '../../core/session.js'
import type { Gateway } from '../gateway.js'
import { brokerOfUrl } from './broker-of-url.js'
import { isListed } from './etags.js'
import { errorResponse } from './http-errors.js'
import { onlyBy } from './only-by.js'
import { readBody } from './read-body.js'
import { withRequestSession } from './request-session.js'
import { subjectOfPath } from './subject-of-path.js'

/**
 * `/value/<subject>`: GET and HEAD read the value, PUT writes it, DELETE deletes it. The `ETag` is
 * its revision, if it has one; writes take `If-Match: "<revision>"` and `If-None-Match: *`, and PUT
 * takes `?ttl=` in milliseconds.
 */
export const valueEndpoint: Gateway = ({ routes }, relay) => {
  const limit = { maxBytes: relay.limits.payload, remedy: 'send a link to it' }

  routes.get('/value/*', (c) => withRequestSession(c, relay, (session) => read(c, session)))
  routes.put('/value/*', (c) =>
    withRequestSession(c, relay, async (session) => {
      const payload = await readBody(c, relay, limit)
      if (payload.length === 0) throw invalid('an empty value deletes: use DELETE, or send a body')
      return write(c, session, payload)
    }),
  )
  routes.delete('/value/*', (c) => withRequestSession(c, relay, (session) => write(c, session, '')))
  routes.all('/value/*', (c) => onlyBy(c, 'GET, HEAD, PUT, DELETE'))
}

async function read(c: Context, session: Session): Promise<Response> {
  const value = await session.read({ subject: subjectOf(c), broker: brokerOfUrl(c.req.url) })
  if (!value) return c.text('there is no value\n', 404)
  const etag = value.revision === undefined ? undefined : tagOf(value.revision)
  const headers = { ...(etag !== undefined && { etag }), 'cache-control': 'no-cache' }
  if (isListed(c.req.header('if-none-match'), etag)) return c.body(null, 304, headers)
  const isText = payloadText(value.payload) !== undefined
  const type = isText ? 'text/plain; charset=utf-8' : 'application/octet-stream'
  return c.body(payloadBytes(value.payload).slice().buffer, 200, { ...headers, 'content-type': type })
}

async function write(c: Context, session: Session, payload: Uint8Array | ''): Promise<Response> {
  try {
    const want = { subject: subjectOf(c), broker: brokerOfUrl(c.req.url), payload }
    const revision = await session.retain({ ...want, retain: { ...conditionOfRequest(c), ttlMs: ttlOf(c) } })
    return c.body(null, 204, revision === undefined ? {} : { etag: tagOf(revision) })
  } catch (cause) {
    if (!(cause instanceof ConditionFailed)) throw cause
    const response = errorResponse(cause)
    if (cause.revision !== undefined) response.headers.set('etag', tagOf(cause.revision))
    return response
  }
}

const subjectOf = (c: Context): string => subjectOfPath(new URL(c.req.url).pathname, '/value/')

const tagOf = (revision: string): string => `"${revision}"`

/** @throws {WildcastError} `invalid_frame` for a condition that a store does not know */
function conditionOfRequest(c: Context): RetainCommand {
  const [match, noneMatch] = [c.req.header('if-match'), c.req.header('if-none-match')]
  if (noneMatch !== undefined && noneMatch !== '*') throw invalid('a write takes If-None-Match: * only')
  if (noneMatch !== undefined && match !== undefined) throw invalid('send If-Match or If-None-Match, not both')
  if (noneMatch !== undefined) return { when: null }
  if (match === undefined) return {}
  const revision = /^"([^"]*)"$/.exec(match)?.[1]
  if (revision === undefined) throw invalid('If-Match takes one revision in quotes, as ETag has it')
  return { whenRevision: revision }
}

/** The parameters of a write. A misspelled `ttl` would keep the value for ever. */
const parameters: readonly string[] = ['broker', 'ticket', 'ttl']

function ttlOf(c: Context): number | undefined {
  const unknown = Object.keys(c.req.query()).find((name) => !parameters.includes(name))
  if (unknown !== undefined)
    throw invalid(`${JSON.stringify(unknown)} is not a parameter; there are: ${parameters.join(', ')}`)
  const text = c.req.query('ttl')
  if (text === undefined) return undefined
  if (!/^[1-9]\d{0,14}$/.test(text)) throw invalid('"ttl" takes a whole number of milliseconds, from 1')
  return Number(text)
}

function invalid(why: string): WildcastError {
  return new WildcastError('invalid_frame', why)
}
