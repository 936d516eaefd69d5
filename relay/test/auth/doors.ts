import { parseSubject } from '@wildcast/protocol'
import { eventSource } from '../event-source.js'
import { connect, type Socket } from '../socket.js'
import type { AuthRelay } from './auth-relay.js'

/** An action of a client through one door. Resolves with `ok`, or with the code of the refusal. */
export type Act = (relay: AuthRelay, subject: string, token: string | undefined) => Promise<string>

export type ActionName = 'publish' | 'subscribe' | 'request' | 'serve' | 'presence'

/** Frames of a client of v1, each under the permission for an action. */
type FrameName = ActionName | 'retain' | 'retained' | 'snapshot' | 'leave' | 'members' | 'history' | 'page'

const bearer = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` }

const frames: Record<FrameName, (subject: string) => object> = {
  publish: (subject) => ({ Publish: { ref: 1, subject, message: 'x' } }),
  subscribe: (subject) => ({ Subscribe: { ref: 1, subject } }),
  request: (subject) => ({ Request: { ref: 1, subject, message: 'x', timeout: 1 } }),
  serve: (subject) => ({ Subscribe: { ref: 1, subject, serve: true } }),
  presence: (subject) => ({ Enter: { ref: 1, subject, member: 'tab' } }),
  leave: (subject) => ({ Leave: { ref: 1, subject, member: 'tab' } }),
  retain: (subject) => ({ Publish: { ref: 1, subject, message: 'x', retain: true, when: null, watch: true } }),
  retained: (subject) => ({ Subscribe: { ref: 1, subject, retained: true } }),
  snapshot: (subject) => ({ Subscribe: { ref: 1, subject, snapshot: true } }),
  history: (subject) => ({ Subscribe: { ref: 1, subject, after: 'start' } }),
  page: (subject) => ({ Subscribe: { ref: 1, subject, snapshot: true, limit: 1 } }),
  members: (subject) => ({ Subscribe: { ref: 1, subject: `$presence.${subject}.*`, retained: true } }),
}

/** No responder is there, so an allowed request fails for another reason. */
const codeOf = (frame: unknown): string => {
  const { Error: error } = frame as { Error?: { code: string } }
  return error === undefined || error.code === 'no_responders' || error.code === 'timeout' ? 'ok' : error.code
}

/** The token is in `Connect`. */
const v1: (action: FrameName) => Act = (action) => async (relay, subject, token) => {
  const socket = await connect(`ws://${relay.address}/ws`, 'wildcast.v1+json')
  socket.send(JSON.stringify({ Connect: { token } }))
  const first = await socket.json()
  if (!Object.hasOwn(first as object, 'Welcome')) return codeOf(first)
  socket.send(JSON.stringify(frames[action](subject)))
  return codeOf(await socket.json())
}

/** The token is in the header, and no `Connect` comes. */
const v1ByHeader: (action: FrameName) => Act = (action) => async (relay, subject, token) => {
  const socket = await connect(`ws://${relay.address}/ws`, 'wildcast.v1+json', { headers: bearer(token) })
  socket.send(JSON.stringify(frames[action](subject)))
  return codeOf(await socket.json())
}

const stream: (action: FrameName) => Act = (action) => async (relay, subject, token) => {
  const url = `http://${relay.address}/stream`
  const lines = { accept: 'application/x-ndjson' }
  const opened = await fetch(url, { method: 'POST', headers: lines, body: JSON.stringify({ Connect: { token } }) })
  if (opened.status !== 200) return (await opened.text()).split(':')[0] ?? ''
  const [first = '{}'] = (await opened.text()).split('\n')
  const { Welcome } = JSON.parse(first) as { Welcome?: { session: string } }
  if (!Welcome) return codeOf(JSON.parse(first))
  const headers = { authorization: `Session ${Welcome.session}` }
  const body = JSON.stringify(frames[action](subject))
  await fetch(`${url}/frames`, { method: 'POST', headers: { ...headers, 'wildcast-from': '1' }, body })
  const answers = await fetch(`${url}/frames`, { headers: { ...headers, 'wildcast-received': '0' } })
  return codeOf(JSON.parse((await answers.text()).split('\n')[0] ?? '{}'))
}

/** A WebSocket without a subprotocol has no answers: its effects and the log show the outcome. */
async function classicSocket(relay: AuthRelay, path: string, token: string | undefined): Promise<Socket | string> {
  return connect(`ws://${relay.address}${path}`, undefined, { headers: bearer(token) }).catch((cause: Error) =>
    cause.message.includes('401') ? 'unauthorized' : cause.message,
  )
}

const classicPublish: Act = async (relay, subject, token) => {
  const socket = await classicSocket(relay, '/ws', token)
  if (typeof socket === 'string') return socket
  socket.send(JSON.stringify({ Publish: { subject, message: 'x' } }))
  return Promise.race([relay.published(subject).then(() => 'ok'), relay.logged('forbidden')])
}

const classicSubscribe = (path: (subject: string) => string, frame?: (subject: string) => object): Act => {
  return async (relay, subject, token) => {
    const socket = await classicSocket(relay, path(subject), token)
    if (typeof socket === 'string') return socket
    if (frame) socket.send(JSON.stringify(frame(subject)))
    let isOver = false
    const outcome = Promise.race([
      socket.next().then(() => 'ok'),
      relay.logged('forbidden'),
      socket.closed.then(({ code }) => (code === 4503 ? 'forbidden' : String(code))),
    ]).finally(() => {
      isOver = true
    })
    while (!isOver) {
      await relay.relay.inside.publish('test', { subject: parseSubject(subject), payload: 'x' })
      await new Promise((resolve) => setImmediate(resolve))
    }
    return outcome
  }
}

const http: Act = async (relay, subject, token) => {
  const url = `http://${relay.address}/publish/${subject}`
  return statusOf(await fetch(url, { method: 'POST', body: 'x', headers: bearer(token) }))
}

/** A client that may read gets 404: there is no value. */
const value =
  (method: 'GET' | 'PUT' | 'DELETE'): Act =>
  async (relay, subject, token) => {
    const url = `http://${relay.address}/value/${subject}`
    const body = method === 'PUT' ? 'x' : null
    const response = await fetch(url, { method, body, headers: bearer(token) })
    return response.status === 204 || response.status === 404 ? 'ok' : statusOf(response)
  }

const history =
  (method: 'GET' | 'HEAD' | 'PUT' | 'POST', query = ''): Act =>
  async (relay, subject, token) => {
    const url = `http://${relay.address}/history/${subject}${query}`
    const body = method === 'PUT' || method === 'POST' ? '1' : null
    const headers = { 'content-type': 'application/json', ...bearer(token) }
    const response = await fetch(url, { method, body, headers })
    return response.ok ? 'ok' : statusOf(response)
  }

/** The path has slashes: a dot would be escaped. */
const request: Act = async (relay, subject, token) => {
  const path = subject.replaceAll('.', '/')
  const leave = new AbortController()
  const answer = fetch(`http://${relay.address}/request/${path}`, {
    method: 'POST',
    body: 'x',
    headers: bearer(token),
    signal: leave.signal,
  }).then(statusOf)
  // An allowed request waits for a responder that isn't there.
  const outcome = await Promise.race([answer, relay.published(`POST.${subject}`).then(() => 'ok')])
  answer.catch(() => {})
  leave.abort()
  return outcome
}

function statusOf({ status }: Response): string {
  return { 200: 'ok', 202: 'ok', 401: 'unauthorized', 403: 'forbidden' }[status] ?? String(status)
}

const events: Act = async (relay, subject, token) => eventsOf(relay, `/subscribe/${subject}`, bearer(token))

const keptEvents: Act = async (relay, subject, token) =>
  eventsOf(relay, `/subscribe/${subject}?after=start`, bearer(token))

const historyEvents: Act = async (relay, subject, token) =>
  eventsOf(relay, `/history/${subject}?offset=-1&live=sse`, bearer(token))

/** A ticket stands for the credentials that it was made for. */
const eventsByTicket: Act = async (relay, subject, token) => {
  const made = await fetch(`http://${relay.address}/ticket`, { method: 'POST', headers: bearer(token) })
  if (made.status !== 200) return statusOf(made)
  const { ticket } = (await made.json()) as { ticket: string }
  return eventsOf(relay, `/subscribe/${subject}?ticket=${ticket}`, {})
}

async function eventsOf(relay: AuthRelay, path: string, headers: Record<string, string>): Promise<string> {
  const { response, leave } = await eventSource(`http://${relay.address}${path}`, headers)
  leave()
  return statusOf(response)
}

/** Every action through every door. */
export const doors: readonly (readonly [door: string, action: ActionName, act: Act])[] = [
  ...(['publish', 'subscribe', 'request', 'serve', 'presence'] as const).flatMap((action) => [
    ['v1 with the token in Connect', action, v1(action)] as const,
    ['v1 with the token in a header', action, v1ByHeader(action)] as const,
    ['v1 over plain HTTP', action, stream(action)] as const,
  ]),
  ['v1, a value', 'publish', v1('retain')],
  ['v1, the values of a pattern and their changes', 'subscribe', v1('retained')],
  ['v1, the values of a pattern', 'subscribe', v1('snapshot')],
  ['v1, the members of a subject', 'subscribe', v1('members')],
  ['v1, an end of presence', 'presence', v1('leave')],
  ['GET /value', 'subscribe', value('GET')],
  ['PUT /value', 'publish', value('PUT')],
  ['DELETE /value', 'publish', value('DELETE')],
  ['GET /history', 'subscribe', history('GET')],
  ['HEAD /history', 'subscribe', history('HEAD')],
  ['PUT /history', 'publish', history('PUT')],
  ['POST /history', 'publish', history('POST')],
  ['/history by long poll', 'subscribe', history('GET', '?offset=-1&live=long-poll')],
  ['/history by Server-Sent Events', 'subscribe', historyEvents],
  ['Server-Sent Events of kept messages', 'subscribe', keptEvents],
  ['v1, kept messages', 'subscribe', v1('history')],
  ['v1, a page of kept messages', 'subscribe', v1('page')],
  ['a classic WebSocket', 'publish', classicPublish],
  [
    'a classic WebSocket',
    'subscribe',
    classicSubscribe(
      () => '/ws',
      (subject) => ({ Subscribe: subject }),
    ),
  ],
  ['a WebSocket of one pattern', 'subscribe', classicSubscribe((subject) => `/subscribe/${subject}`)],
  ['POST /publish', 'publish', http],
  ['/request', 'request', request],
  ['Server-Sent Events', 'subscribe', events],
  ['Server-Sent Events with a ticket', 'subscribe', eventsByTicket],
]
