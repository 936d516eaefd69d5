import { create } from 'zustand'

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

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/** The account that the browser has kept. Whatever else is in the storage makes a guest. */
function readStored(): { readonly account: Account | undefined; readonly id: string | undefined } {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '')
    const { name, team, id }: Readonly<Record<string, unknown>> = isRecord(stored) ? stored : {}
    if (typeof id !== 'string' || !/^[a-z0-9]{4,16}$/.test(id)) return { account: undefined, id: undefined }
    const isAccount = typeof name === 'string' && (team === 'trader' || team === 'manager')
    return { account: isAccount ? { name, team } : undefined, id }
  } catch {
    return { account: undefined, id: undefined }
  }
}

const stored = readStored()

/** Differs between people of one name. */
export const id = stored.id ?? newId()

function newId(): string {
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1))
  return number.toString(36).padStart(7, '0')
}

/**
 * Keeps who has logged in, for a reload and for other tabs. Returns whether the browser allows it.
 */
export function keepAccount(account: Account | undefined): boolean {
  try {
    localStorage.setItem(storageKey, JSON.stringify({ ...account, id, at: Date.now() }))
    return true
  } catch {
    return false // a full or forbidden storage
  }
}

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
  addEventListener('storage', ({ key }) => key === storageKey && notify(readStored().account))
}

/** The faults of the next tokens, as the fault panel chooses them. */
export const tokenFault = { isHeldBack: false, seconds: undefined as number | undefined }
