import { tokenFault, useAccount } from '../account/account.js'
import { client } from '../bridge.js'
import { note } from '../journal.js'
import { cut } from '../line.js'

/** The life of a token that is to expire soon, in seconds. */
const shortLife = 6

/** Connects with a token that expires soon, and holds its renewal back, so that it does. */
export function expireToken(): void {
  note('quiet', `you take a token of ${shortLife} s, and hold its renewal back`)
  tokenFault.seconds = shortLife
  cut(0)
}

/** Has the relay end the sessions of this user. The login refuses to renew the token then. */
export async function revokeRight(): Promise<void> {
  const { token } = useAccount.getState()
  if (token === undefined) return
  note('quiet', 'you ask an operator to revoke your right')
  // The client would wait before it asks for another token, since it has just connected.
  const stop = client.onStatus(({ state }) => {
    if (state !== 'waiting') return
    stop()
    client.reconnect()
  })
  try {
    await client.request('demo.revoke', { token })
  } catch (cause) {
    stop()
    if (cause instanceof Error) note('bad', `demo.revoke: ${cause.message}`)
  }
}

/** Writes down each end of a token, and each new one. Returns the undo. */
export function watchTokens(): () => void {
  const undo = client.onStatus((status) => {
    if (status.state !== 'connecting' || status.reason?.code !== 'token_expired') return
    note('warn', `the relay ends the session: ${status.reason.message}`)
  })
  const stop = useAccount.subscribe(({ count, problem }, before) => {
    if (count > before.count) note('good', 'the login has signed a new token')
    if (problem !== undefined && problem !== before.problem) note('bad', `the login refuses: ${problem}`)
  })
  return () => {
    undo()
    stop()
  }
}

/** When a token expires, in milliseconds since 1970. */
export function expiryOf(token: string): number {
  try {
    const [, payload = ''] = token.split('.')
    const { exp }: { readonly exp?: unknown } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')))
    return typeof exp === 'number' ? exp * 1000 : 0
  } catch {
    return 0
  }
}
