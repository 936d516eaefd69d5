import { type ActionKind, type Client, WildcastError } from '@wildcast/client'
import { after } from '@wildcast/client/store'

/** Whether the client may do something now. */
export interface Permission {
  /**
   * Undefined until the relay has answered, and while the client is closed. While the relay is
   * asked again, the last answer.
   */
  readonly allowed: boolean | undefined
  /** Why it is denied, if the relay is configured to explain it. */
  readonly why: string | undefined
  /** The relay is being asked. */
  readonly pending: boolean
  /** Why the relay could not be asked. */
  readonly error: WildcastError | undefined
}

/** A question about a permission. */
export interface Question {
  readonly action: ActionKind
  readonly subject: string
  readonly broker?: string | undefined
}

/** The answer to one question, outside of React: the same for all hooks with this question. */
export interface PermissionStore {
  /** A new object at each change, the same in between. */
  readonly permission: Permission
  /** Adds a viewer; the first one asks. Returns a function that removes it. */
  view(changed: () => void): () => void
}

/** The permission before the relay is asked. */
export const unanswered: Permission = { allowed: undefined, why: undefined, pending: true, error: undefined }
/** The permission without a question. */
export const unasked: Permission = { ...unanswered, pending: false }

/** How long an answer outlives its last viewer: StrictMode mounts twice, users return to routes. */
const lingerMs = 1000

const stores = new WeakMap<Client, Map<string, PermissionStore>>()

/** Returns the answer to a question if it has viewers or lingers. Safe to call during a render. */
export function findPermission(client: Client, question: Question): PermissionStore | undefined {
  return stores.get(client)?.get(keyOf(question))
}

/** Returns the store of a question, and creates it if it is missing. */
export function openPermission(client: Client, question: Question): PermissionStore {
  const known = stores.get(client) ?? new Map<string, PermissionStore>()
  const key = keyOf(question)
  const store = known.get(key) ?? createStore(client, question, () => known.delete(key))
  stores.set(client, known.set(key, store))
  return store
}

function createStore(client: Client, question: Question, closed: () => void): PermissionStore {
  const viewers = new Set<() => void>()
  let permission = unanswered
  let isAsking = false
  /** A session began while the relay was asked, possibly after the loss of the question. */
  let isOutdated = false
  let stop: (() => void) | undefined
  let cancelLinger: (() => void) | undefined

  const change = (next: Partial<Permission>): void => {
    permission = { ...permission, ...next }
    for (const changed of viewers) changed()
  }
  const ask = async (): Promise<void> => {
    isOutdated = isAsking
    if (isAsking) return
    isAsking = true
    if (!permission.pending) change({ pending: true })
    let why: string | undefined
    const { action, subject, broker } = question
    try {
      const allowed = await client.can(action, subject, {
        broker,
        onWhy(text) {
          why = text
        },
      })
      isAsking = false
      change({ allowed, why, pending: false, error: undefined })
    } catch (cause) {
      isAsking = false
      if (isOutdated) return ask()
      change({ pending: false, error: WildcastError.from(cause) })
    }
  }

  return {
    get permission() {
      return permission
    },
    view(changed) {
      cancelLinger?.()
      viewers.add(changed)
      if (!stop) {
        stop = watch(client, { ask: () => void ask(), change })
        void ask()
      }
      return () => {
        viewers.delete(changed)
        if (viewers.size > 0) return
        cancelLinger = after(lingerMs, () => {
          stop?.()
          closed()
        })
      }
    },
  }
}

interface Watcher {
  ask(): void
  change(next: Partial<Permission>): void
}

/** Asks again when permissions may have changed. A closed client may do nothing. */
function watch(client: Client, { ask, change }: Watcher): () => void {
  const stopAccess = client.onAccess(ask)
  const stopStatus = client.onStatus((status) => {
    if (status.state === 'closed') change({ allowed: undefined, why: undefined, pending: false, error: status.reason })
  })
  return () => {
    stopAccess()
    stopStatus()
  }
}

function keyOf({ action, subject, broker }: Question): string {
  return JSON.stringify([action, subject, broker])
}
