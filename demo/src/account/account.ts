import type { TokenFunction } from '@wildcast/client'
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
const id = stored.id ?? newId()

function newId(): string {
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1))
  return number.toString(36).padStart(7, '0')
}

/** Keeps who has logged in, for a reload and for other tabs, which notice each change. */
export function keepAccount(account: Account | undefined): void {
  try {
    localStorage.setItem(storageKey, JSON.stringify({ ...account, id, at: Date.now() }))
  } catch {
    // A forbidden storage: a reload makes a guest.
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

/** A login that is refused, with the reason of the server. */
export class Refusal extends Error {}

/** Asks for a token. `renews` is refused after a revocation. A `Refusal` has the reason. */
export async function askToken(form: Account & { readonly renews?: boolean; readonly seconds?: number }) {
  const response = await fetch('/request/demo.login', { method: 'POST', body: JSON.stringify({ ...form, id }) })
  const reply: unknown = response.ok ? await response.json() : undefined
  if (isRecord(reply) && typeof reply.refused === 'string') throw new Refusal(reply.refused)
  if (!isRecord(reply) || typeof reply.token !== 'string') throw new Error('The login of the demo does not answer.')
  const { token } = reply
  useAccount.setState(({ count }) => ({ token, count: count + 1, problem: undefined }))
  return token
}

/** The faults of the next tokens, as the fault panel chooses them. */
export const tokenFault = { isHeldBack: false, seconds: undefined as number | undefined }

let failures = 0

/** After as many attempts in a row, the page reports that there is no login. */
const patience = 3

/** The token of the client. An expired or a refused one is replaced without a word to the user. */
export const token: TokenFunction = async ({ reason }) => {
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
    if (cause instanceof Refusal || ++failures >= patience) useAccount.setState({ problem: message })
    // The token that the relay has refused ends the attempts, with the relay's own reason.
    if (cause instanceof Refusal && reason === 'refused' && last !== undefined) return last
    throw cause
  }
}
