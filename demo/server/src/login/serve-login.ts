import { type Client, WildcastError } from '@wildcast/client'
import { openAccounts } from './accounts.js'
import { userOf } from './token.js'

export interface LoginOptions {
  /** `key` of `[auth.jwt]`. */
  readonly secret: string
  /** The port for operators of the relay, such as `http://127.0.0.1:3016`. */
  readonly admin: string
}

/** An HTTP request as the relay passes it on: see docs/gateway.md. */
interface HttpRequest {
  readonly body: readonly number[]
}

/**
 * Answers `demo.login` with tokens, also as `POST /request/demo.login`, `demo.revoke` by ending the
 * sessions of the user whose token it has, and `demo.metrics` with the metrics of the relay, which
 * are at its port for operators.
 */
export function serveLogin(client: Client, { secret, admin }: LoginOptions): void {
  const accounts = openAccounts(secret)

  client.serve('demo.login', ({ data }) => accounts.login(data))

  // For curl. A refusal is an answer, too: it has status 200.
  client.serve<HttpRequest>('POST.demo_DOT_login', ({ data }) => {
    const body = Buffer.from(JSON.stringify(accounts.login(parse(Buffer.from(data.body).toString()))))
    return { status: 200, headers: { 'content-type': 'application/json' }, body: [...body] }
  })

  client.serve<{ readonly token: string }>('demo.revoke', async ({ data }) => {
    const user = userOf(data.token, secret)
    if (user === undefined) throw new WildcastError('unauthorized', 'this token is not one of the demo')
    accounts.revoke(user)
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ user })
    // The answer would not reach a session that has ended, so it comes first.
    setTimeout(() => void fetch(`${admin}/admin/disconnect`, { method: 'POST', headers, body }).catch(() => {}), 50)
    return {}
  })

  client.serve('demo.metrics', async () => (await fetch(`${admin}/metrics`)).text())
}

/** Undefined for a text that is not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
