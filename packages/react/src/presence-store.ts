import { type Client, WildcastError } from '@wildcast/client'
import { type Member, type Presence, presence } from '@wildcast/client/presence'
import { after } from '@wildcast/client/store'
import type { ValuesStatus } from '@wildcast/client/values'
import { type LiveStore, openLiveStore } from './live-store.js'

/** The members of a subject at one moment: a new object at each change, the same in between. */
export interface PresenceState<Data = unknown> {
  /** One for each user; without users, one for each client. */
  readonly members: readonly Member<Data>[]
  /** The member of this client's user, while it is entered. */
  readonly self: Member<Data> | undefined
  /**
   * `idle` without a subject, `loading`, `synced` when all members were received, `stale` while
   * changes may be missing; `denied` or `error` while they are refused.
   */
  readonly status: ValuesStatus | 'idle'
  /** Why the members are refused, or this client could not enter. */
  readonly error: WildcastError | undefined
}

/** The presence of a subject, shared by all hooks with this subject. */
export interface PresenceStore extends Pick<LiveStore<PresenceState>, 'state' | 'view'> {
  /** Enters for a component, or changes its data. */
  enter(component: object, data: unknown): void
  /** Leaves when the last component that has entered is gone for a second. */
  leave(component: object): void
}

/** The state before the first member, and the only one in a server render. */
export const noPresence: PresenceState = { members: [], self: undefined, status: 'loading', error: undefined }
/** The state without a subject. */
export const idlePresence: PresenceState = { ...noPresence, status: 'idle' }

/** A route change or StrictMode's second mount must not be seen as leaving. */
const lingerMs = 1000

/** Opens the store of a subject. */
export function openPresenceStore(
  client: Client,
  { subject, broker }: { readonly subject: string; readonly broker: string | undefined },
  closed: () => void,
): PresenceStore {
  const entered = new Map<object, unknown>()
  let room: Presence | undefined
  let refusal: WildcastError | undefined
  /** The data that this client has entered with, as JSON. */
  let shown: string | undefined
  let cancelLeave: (() => void) | undefined

  const store = openLiveStore<Presence, PresenceState>(
    {
      initial: noPresence,
      open() {
        room = presence(client, subject, { broker })
        return room
      },
      read: (from) => ({ ...stateOf(from), error: refusal ?? from.error }),
    },
    closed,
  )
  const settle = (reason?: unknown): void => {
    refusal = reason === undefined ? undefined : WildcastError.from(reason)
    store.change()
  }
  const enter = (data: unknown): void => {
    const text = JSON.stringify(data)
    if (text === shown) return // StrictMode's second mount, or another component with the same data
    shown = text
    room?.enter(data).then(() => settle(), settle)
  }
  const leave = (): void => {
    shown = undefined
    room?.leave().then(() => settle(), settle)
  }

  return {
    get state() {
      return store.state
    },
    view: store.view,
    enter(component, data) {
      cancelLeave?.()
      entered.set(component, data)
      enter(data)
    },
    leave(component) {
      entered.delete(component)
      cancelLeave?.()
      if (entered.size > 0) enter([...entered.values()].at(-1))
      else cancelLeave = after(lingerMs, leave)
    },
  }
}

function stateOf({ members, status, error }: Presence): PresenceState {
  return { members, self: members.find(({ isSelf }) => isSelf), status, error }
}
