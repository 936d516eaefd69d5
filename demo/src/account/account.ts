import { create } from 'zustand'
import { readStored, writeStored } from '../storage.js'

export type Team = 'trader' | 'manager'

/** A person who has logged in. */
export interface Account {
  readonly name: string
  readonly team: Team
}

interface AccountState {
  /** Undefined for a guest, who has no token. */
  readonly account: Account | undefined
  /** Why there is no token now. */
  readonly problem: string | undefined
  /** The newest token. */
  readonly token: string | undefined
  /** How many tokens this page has had. */
  readonly count: number
  /** The team that the open dialog proposes; undefined while it is closed. */
  readonly dialog: Team | undefined
}

const storageKey = 'wildcast-demo-account'

/** The account that the browser has kept. Whatever else is in the storage makes a guest. */
function readAccount(): { readonly account?: Account; readonly id?: string } {
  const { name, team, id } = readStored(storageKey)
  if (typeof id !== 'string' || !/^[a-z0-9]{20,40}$/.test(id)) return {}
  const isAccount = typeof name === 'string' && (team === 'trader' || team === 'manager')
  return { id, ...(isAccount && { account: { name, team } }) }
}

const stored = readAccount()

/** The secret of this browser. The relay knows its guests, and people of one name, by it. */
export const id = stored.id ?? newId()

/** A page without HTTPS has no `randomUUID`. */
function newId(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36).padStart(7, '0')).join('')
}

/**
 * Keeps who has logged in, for a reload and for other tabs. Returns whether the browser allows it.
 */
export function keepAccount(account: Account | undefined): boolean {
  return writeStored(storageKey, { ...account, id, at: Date.now() })
}

if (stored.id === undefined) keepAccount(undefined)

/** The person who uses the page. */
export const useAccount = create<AccountState>()(() => ({
  account: stored.account,
  problem: undefined,
  token: undefined,
  count: 0,
  dialog: undefined,
}))

/** Calls back when another tab has logged in or out. */
export function onOtherTab(notify: (account: Account | undefined) => void): void {
  addEventListener('storage', ({ key }) => key === storageKey && notify(readAccount().account))
}

/** The faults of the next tokens, as the fault panel chooses them. */
export const tokenFault = { isHeldBack: false, seconds: undefined as number | undefined }
