import { abnormalClosure } from './stream-life.js'

/** The cause and remedy of an answer not from a relay, by its status or the first digit of it. */
const advice: Readonly<Record<string, string>> = {
  2: 'a web server or a login page answers instead of the relay; route this path to the relay',
  401: 'a server in front of the relay requires a login; log in, or exempt this path',
  403: 'this page or network is refused; check the allowed origins of the relay and its proxies',
  404: 'no relay is at this path; check the path of the URL, and whether a proxy must remove a prefix from it',
  405: 'no relay is at this path; check the path of the URL',
  407: 'an HTTP proxy of the network requires a login; log in there',
  5: 'a proxy can not reach the relay; check that the relay is running',
}
/** The close codes of the refusals of a token. */
const refusals: Readonly<Record<string, number>> = { unauthorized: 4501, token_expired: 4440 }
const redirectAdvice = 'use the URL of the redirect'
const otherAdvice = 'check that a relay is at this URL'

/** Explains an answer that is not from a relay. Returns a relay's own refusal unchanged. */
export async function describeAnswer(answer: Response, url: string): Promise<string> {
  const { status, redirected, headers } = answer
  const refusal = /^[a-z_]+: .*/.exec(await answer.text())?.[0]
  if (refusal && headers.get('content-type')?.startsWith('text/plain')) return refusal
  const kind = headers.get('content-type')?.split(';')[0]
  const what = `${url} answers HTTP ${status}${kind ? ` ${kind}` : ''}`
  if (redirected) return `${what} after a redirect to ${answer.url}: ${redirectAdvice}`
  return `${what}: ${advice[status] ?? advice[Math.floor(status / 100)] ?? otherAdvice}`
}

/**
 * Returns the close code of a stream after such an answer: that of a WebSocket if the relay has
 * refused the token. 403, for a forbidden origin, is final.
 */
export function closeCodeOf(status: number, reason: string): number {
  const [name = ''] = reason.split(':')
  return (status === 401 && refusals[name]) || (status === 403 ? 4503 : abnormalClosure)
}

/** Explains a request without an answer. Node has the cause; browsers hide it. */
export function describeFailure(thrown: unknown, url: string): string {
  const { cause, message } = thrown as {
    readonly message?: unknown
    readonly cause?: { readonly code?: unknown; readonly message?: unknown }
  }
  const reason = cause?.code || cause?.message || message
  return `${url} can not be reached (${reason}): check that the relay is running, its host, port and allowed origins`
}

/** Explains a server that accepts connections and sends no answer. */
export function describeNoAnswer(url: string): string {
  return `${url} does not answer: check that a relay is there, and that no firewall blocks it`
}

/** Explains an event stream without events, from a relay that has answered before. */
export function describeBuffering(url: string): string {
  const remedy = 'turn off the buffering of the proxy in between, or allow WebSockets'
  return `${url} answers, but its event stream delivers nothing: ${remedy}`
}
