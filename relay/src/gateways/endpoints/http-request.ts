import type { HttpBindings } from '@hono/node-server'
import {
  type BrokerMessage,
  type ErrorCode,
  payloadBytes,
  payloadSize,
  refusal,
  WildcastError,
} from '@wildcast/protocol'
import type { Context } from 'hono'
import type { Identity } from '../../core/access/identity.js'
import type { RelayView } from '../../core/relay.js'
import { rateKeyOf } from '../../core/session-rates.js'
import type { Gateway } from '../gateway.js'
import { brokerOfUrl } from './broker-of-url.js'
import { headersOfRequest } from './credentials.js'
import { entered } from './entered.js'
import {
  decodeResponse,
  type EnvelopedRequest,
  type EnvelopedResponse,
  type EnvelopeForm,
  encodeRequest,
  subjectOfRequest,
} from './http-envelope.js'
import { readBody } from './read-body.js'
import { subjectOfPath } from './subject-of-path.js'
import { traceOfRequest } from './trace-of-request.js'

/** Options of `httpRequest`. */
export interface HttpRequestOptions {
  /** The form of requests in messages; without it `/request` is disabled. */
  readonly form?: EnvelopeForm | undefined
  /** Milliseconds to wait for a response. @default 2000 */
  readonly timeoutMs?: number | undefined
}

/**
 * `/request/<path>`, any method: publishes the request on `request.<id>.<METHOD>.<path>`, and
 * responds with the first message on `response.<id>.…`.
 */
export function httpRequest({ form, timeoutMs = 2000 }: HttpRequestOptions = {}): Gateway {
  return ({ routes }, relay) => {
    // A byte of the body takes up to four bytes of the message, as a number in JSON.
    const limit = { maxBytes: Math.floor(relay.limits.payload / 4), remedy: 'send less' }
    routes.all('/request/*', async (c) => {
      if (!form) return c.text('request-response is not supported: start the gateway with --request-response', 400)
      const { identity, address, leave } = await entered(c, relay)
      try {
        const request = requestOf(c, await readBody(c, relay, limit))
        const broker = brokerOfUrl(c.req.url)
        const message = encodeRequest(form, request)
        const headers = traceOfRequest(c, relay.limits.payload - payloadSize(message))
        const payload = await sendRequest(
          broker === undefined ? relay : relay.only(broker),
          subjectOfRequest(request.method, request.path),
          { payload: message, headers },
          { identity, address, timeoutMs, gone: c.req.raw.signal },
        )
        return respond(decodeResponse(form, payload))
      } catch (cause) {
        const error = WildcastError.from(cause)
        if (error.code === 'timeout') return c.text('response timed out', 504)
        if (error.code === 'internal') return c.text(error.message, 500)
        throw error
      } finally {
        leave()
      }
    })
  }
}

function requestOf(c: Context, body: Uint8Array): EnvelopedRequest {
  const { incoming } = c.env as HttpBindings
  const { pathname, search } = new URL(c.req.url)
  return {
    method: c.req.method,
    headers: headersOfRequest(incoming, incoming.headersDistinct as Record<string, string[]>),
    uri: pathname + search,
    path: subjectOfPath(pathname, '/request/'),
    body,
  }
}

interface SendOptions {
  readonly identity: Identity
  readonly address: string | undefined
  readonly timeoutMs: number
  /** Aborted when the client leaves. */
  readonly gone: AbortSignal
}

/** Publishes a request after subscribing to its response, and always removes the subscription. */
function sendRequest(
  relay: RelayView,
  path: string,
  message: Pick<BrokerMessage, 'payload' | 'headers'>,
  { identity, address, timeoutMs, gone }: SendOptions,
): Promise<Uint8Array> {
  const id = relay.newId()
  const answerOn = `response.${id}.${path}`
  return new Promise<Uint8Array>((resolve, reject) => {
    const session = relay.open(
      {
        deliver: ({ message: answer }) => answer && end(() => settle(answer)),
        ended: (_, error) => fail(error),
        revoked: (error) => fail(error),
      },
      identity,
      rateKeyOf(identity.user, address),
    )
    const fail = (cause: unknown): void => end(() => reject(cause))
    const settle = ({ payload, error }: BrokerMessage): void =>
      error ? reject(refusal(error.code as ErrorCode, error.message)) : resolve(payloadBytes(payload))
    const stopClock = relay.clock.after(timeoutMs, () => fail(new WildcastError('timeout', 'no response came in time')))
    const leave = (): void => fail(new WildcastError('interrupted', 'the client left'))
    gone.addEventListener('abort', leave)
    let ended = false
    function end(settle: () => void): void {
      ended = true
      stopClock()
      gone.removeEventListener('abort', leave)
      session.close()
      settle()
    }
    session
      .subscribe({ subject: answerOn, madeForRequest: true }, () => {})
      .then(() => {
        // A request that was reported as failed must not be published later.
        if (ended) return
        const carriesReply = session.brokers.find((broker) => broker.default)?.features.includes('response_subject')
        // If the broker carries no reply address, responders derive it from the subject.
        const reply = carriesReply ? { responseSubject: answerOn } : {}
        return session.publish({ subject: `request.${id}.${path}`, ...message, madeForRequest: true, ...reply })
      })
      .catch(fail)
  })
}

function respond({ status, headers, body }: EnvelopedResponse): Response {
  const bare = status === 204 || status === 205 || status === 304
  // Passed to the constructor: added later, a content type would stand beside the default one.
  const all = new Headers()
  for (const [name, value] of headers) all[isContentType(name) ? 'set' : 'append'](name, value)
  return new Response(bare ? null : body, { status, headers: all })
}

/** There is at most one (RFC 9110, 8.3). Of several the last counts, as in browsers. */
const isContentType = (name: string): boolean => name.toLowerCase() === 'content-type'
