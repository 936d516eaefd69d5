import { type Client, WildcastError } from '@wildcast/client'
import { type Lock, type LockOptions, lock } from '@wildcast/client/locks'
import { defer } from '@wildcast/client/store'

/** A lock of a component at one moment: a new object at each change, the same in between. */
export interface LockState {
  readonly held: boolean
  /** The token of the lock while it is held. */
  readonly token: string | undefined
  /** Whether the component waits for the lock. */
  readonly waiting: boolean
  /** Why the lock was refused or lost. */
  readonly error: WildcastError | undefined
  /**
   * Waits for the lock, unless it is held or awaited. Resolves with whether it is held then; never
   * rejects. The same function at each render.
   */
  readonly request: (options?: Pick<LockOptions, 'timeoutMs'>) => Promise<boolean>
  /** Releases the lock, or ends the wait for it. The same function at each render. */
  readonly release: () => void
}

/** A lock that is held, or the wait for it. */
interface Holding {
  readonly held?: Lock
  readonly waiting?: AbortController
}

/** The lock of one component, outside of React. */
export interface Locker {
  readonly state: () => LockState
  /** Adds a viewer. Returns a function that removes it; without viewers, the lock is released. */
  readonly view: (changed: () => void) => () => void
}

/** Opens a locker. Each request gets its options from `optionsNow`. */
export function openLocker(client: Client, subject: string | null | undefined, optionsNow: () => LockOptions): Locker {
  const viewers = new Set<() => void>()
  let holding: Holding = {}
  let result: Promise<boolean> = Promise.resolve(false)

  const update = (next: Holding, error?: WildcastError): void => {
    holding = next
    const { held, waiting } = next
    state = { ...state, held: held !== undefined, token: held?.token, waiting: waiting !== undefined, error }
    for (const changed of viewers) changed()
  }
  const wait = async (options: LockOptions, waiting: AbortController): Promise<boolean> => {
    const isWanted = (): boolean => holding.waiting === waiting
    try {
      const won = await lock(client, subject ?? '', { ...options, signal: waiting.signal })
      if (isWanted()) hold(won)
      else await won.release()
    } catch (cause) {
      if (isWanted()) update({}, WildcastError.from(cause))
    }
    return holding.held !== undefined
  }
  const hold = (won: Lock): void => {
    update({ held: won })
    won.lost.addEventListener('abort', () => {
      if (holding.held === won) update({}, WildcastError.from(won.lost.reason))
    })
  }
  const request: LockState['request'] = (options) => {
    if (holding.held) return Promise.resolve(true)
    if (holding.waiting) return result
    const waiting = new AbortController()
    update({ waiting })
    result = wait({ ...optionsNow(), ...options }, waiting)
    return result
  }
  const release = (): void => {
    const { held, waiting } = holding
    if (held || waiting) update({})
    waiting?.abort()
    held?.release().catch(client.report)
  }
  let state: LockState = { held: false, token: undefined, waiting: false, error: undefined, request, release }
  return { state: () => state, view: (changed) => viewUntilLast(viewers, changed, release) }
}

/** Adds a viewer. Returns a function that removes it; the last one calls `left`. */
function viewUntilLast(viewers: Set<() => void>, changed: () => void, left: () => void): () => void {
  viewers.add(changed)
  return () => {
    viewers.delete(changed)
    // StrictMode unmounts and mounts again at once, which must not release the lock.
    defer(() => {
      if (viewers.size === 0) left()
    })
  }
}
