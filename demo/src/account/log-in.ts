import { client } from '../bridge.js'
import { usePage } from '../page.js'
import { type Account, keepAccount, useAccount } from './account.js'
import { askToken } from './tokens.js'

const isSame = (one: Account | undefined, other: Account | undefined): boolean =>
  one?.name === other?.name && one?.team === other?.team

/** Continues with the new token, or in a new page: a client belongs to one user. */
export function become(account: Account | undefined): void {
  if (isSame(account, useAccount.getState().account)) {
    useAccount.setState({ problem: undefined, dialog: undefined })
    client.reconnect()
  } else void reload()
}

/** Between two attempts to reach the relay, in milliseconds. */
const retryMs = 2000

/** Loads the page again, as soon as the relay serves it: a browser shows its own error before. */
async function reload(): Promise<void> {
  try {
    await fetch('/', { method: 'HEAD' })
    location.reload()
  } catch {
    useAccount.setState({ problem: 'This happens as soon as the relay can be reached.', dialog: undefined })
    setTimeout(() => void reload(), retryMs)
  }
}

/** Logs in. Rejects with the reason of a refusal. */
export async function logIn(account: Account): Promise<void> {
  await askToken(account)
  if (!keepAccount(account)) throw new Error('Your browser keeps nothing for this page, so you stay a guest.')
  usePage.getState().rename(account.name)
  become(account)
}

/** Continues as a guest. */
export function logOut(): void {
  keepAccount(undefined)
  become(undefined)
}
