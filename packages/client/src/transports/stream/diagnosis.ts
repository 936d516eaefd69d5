/** What an answer means that no relay gives, and what to do. By status, else by its first digit. */
const advice: Readonly<Record<string, string>> = {
  2: 'a web server or a login page stands there instead of the relay; send this path to the relay',
  401: 'something in front of the relay asks for a login; log in, or let this path pass',
  403: 'something refuses this page or network; check the allowed origins of the relay and its proxies',
  404: 'no relay is at this path; check the path of the URL, and whether a proxy must remove a prefix from it',
  405: 'no relay is at this path; check the path of the URL',
  407: 'an HTTP proxy of the network asks for a login; log in there',
  5: 'a proxy can not reach the relay; check that it is running',
}
const redirectAdvice = 'give the URL that it leads to'
const otherAdvice = 'check that a relay is behind this URL'

/** Explains an answer that no relay gives. A relay's own refusal stays as it is. */
export async function describeAnswer(answer: Response, url: string): Promise<string> {
  const { status, redirected, headers } = answer
  const refusal = /^[a-z_]+: .*/.exec(await answer.text())?.[0]
  if (refusal && headers.get('content-type')?.startsWith('text/plain')) return refusal
  const kind = headers.get('content-type')?.split(';')[0]
  const what = `${url} answers HTTP ${status}${kind ? ` ${kind}` : ''}`
  if (redirected) return `${what} after a redirect to ${answer.url}: ${redirectAdvice}`
  return `${what}: ${advice[status] ?? advice[Math.floor(status / 100)] ?? otherAdvice}`
}

/** Explains a request that got no answer. A browser does not name the cause; Node does. */
export function describeFailure(thrown: unknown, url: string): string {
  const { cause, message } = thrown as {
    readonly message?: unknown
    readonly cause?: { readonly code?: unknown; readonly message?: unknown }
  }
  return `${url} can not be reached (${cause?.code || cause?.message || message}): check that the relay is running, the host and port, and the origins that it allows`
}

/** Explains a server that takes connections and answers nothing. */
export function describeNoAnswer(url: string): string {
  return `${url} does not answer: check that a relay is there, and that no firewall drops what it answers`
}

/** Explains an event stream that carries nothing, from a relay that has answered before. */
export function describeBuffering(url: string): string {
  return `${url} answers, but its event stream carries nothing: a proxy holds it back; turn off its buffering, or let WebSockets through`
}
