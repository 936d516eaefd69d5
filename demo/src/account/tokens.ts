import { createClient, type TokenFunction, WildcastError } from '@wildcast/client'
import { contract } from '../../contract.js'
import { writeDown } from '../journal.js'
import { type Account, id, tokenFault, useAccount } from './account.js'

/** A login that is refused, with the reason of the server. */
export class Refusal extends Error {}

/** No relay answers, so a login has to wait. */
class Unreachable extends Error {}

interface LoginForm extends Account {
  readonly renews?: boolean
  readonly seconds?: number
}

/** Asks for a token. `renews` is refused after a revocation. A `Refusal` has the reason. */
export async function askToken(form: LoginForm): Promise<string> {
  await fetch('/healthz').catch(() => {
    throw new Unreachable('The relay can’t be reached.')
  })
  const { token, refused } = await askLogin(form)
  if (refused !== undefined || token === undefined) throw new Refusal(refused)
  useAccount.setState(({ count }) => ({ token, count: count + 1, problem: undefined }))
  return token
}

/** Asks as a guest: the client of the page may have no connection before it has a token. */
async function askLogin(form: LoginForm) {
  const guest = createClient({ url: '/ws', contract, onError: writeDown })
  try {
    return (await guest.request('demo.login', { ...form, id }, { timeoutMs: 10_000 })).data
  } catch (cause) {
    if (WildcastError.from(cause).code !== 'no_responders') throw cause
    throw new Error('The login of the demo does not answer.')
  } finally {
    guest.close()
  }
}

let failures = 0

/** After as many attempts in a row, the page reports that there is no login. */
const patience = 3

/** The token of the client. An expired or a refused one is replaced without a word to the user. */
export const nextToken: TokenFunction = async ({ reason }) => {
  const { account, token: last } = useAccount.getState()
  if (!account) throw new Refusal('You have logged out.')
  const { seconds, isHeldBack } = tokenFault
  if (isHeldBack && reason === 'expiring') throw new Error('the fault panel holds the renewal back')
  tokenFault.isHeldBack = seconds !== undefined
  tokenFault.seconds = undefined
  try {
    const next = await askToken({ ...account, renews: true, ...(seconds !== undefined && { seconds }) })
    failures = 0
    return next
  } catch (cause) {
    const { message } = cause as Error
    const isOutage = cause instanceof Unreachable // the page shows it anyway
    if (cause instanceof Refusal || (!isOutage && ++failures >= patience)) useAccount.setState({ problem: message })
    // The token that the relay has refused ends the attempts, with the relay's own reason.
    if (cause instanceof Refusal && reason === 'refused' && last !== undefined) return last
    throw cause
  }
}
