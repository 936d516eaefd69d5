import { client } from '../bridge.js'
import { usePage } from '../page.js'
import { type Account, askToken, keepAccount, useAccount } from './account.js'

const isSame = (one: Account | undefined, other: Account | undefined): boolean =>
  one?.name === other?.name && one?.team === other?.team

/** Continues with the new token, or in a new page: a client belongs to one user. */
export function become(account: Account | undefined): void {
  if (isSame(account, useAccount.getState().account)) {
    useAccount.setState({ problem: undefined, dialog: undefined })
    client.reconnect()
  } else location.reload()
}

/** Logs in. Rejects with the reason of a refusal. */
export async function logIn(account: Account): Promise<void> {
  await askToken(account)
  keepAccount(account)
  usePage.getState().rename(account.name)
  become(account)
}

/** Continues as a guest. */
export function logOut(): void {
  keepAccount(undefined)
  become(undefined)
}
