import type { ChildProcess } from 'node:child_process'
import { WildcastError } from '@wildcast/protocol'
import { type Occupant, type OccupantOptions, occupant } from './occupant.js'

export interface PlaceOptions extends Pick<OccupantOptions, 'name' | 'task' | 'heard' | 'clock'> {
  fork(): ChildProcess
  /** A process that was ready has ended. Receives the id of its relay, if it was one. */
  ended(relay: string | undefined): void
  readonly onError: (error: WildcastError) => void
}

/** A slot for a process, which is replaced when it ends. */
export interface WorkerSlot extends Pick<Occupant, 'say' | 'hand'> {
  /** Starts the first process. @throws the reason if it can't start; then the slot stays empty */
  open(): Promise<void>
  /** Closes its process in good order, and replaces it no longer. */
  close(): Promise<void>
}

/** A process that ends sooner after its start counts as one more crash in a row. */
const steadyMs = 10_000
const firstWaitMs = 100
const longestWaitMs = 10_000

/**
 * How long a slot stays empty after this number of crashes in a row. After the first there is no
 * wait.
 */
export function emptyMs(crashes: number): number {
  return crashes <= 1 ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** (crashes - 2))
}

export function place({ fork, ended, onError, ...options }: PlaceOptions): WorkerSlot {
  const { name, clock } = options
  let current: Occupant | undefined
  let crashes = 0
  let closing = false
  let stopWaiting = (): void => {}

  async function occupy(): Promise<void> {
    const since = clock.now()
    current = occupant({
      ...options,
      child: fork(),
      gone(relay, how) {
        ended(relay)
        replace(since, `it ended (${how})`)
      },
    })
    await current.begun
  }

  function replace(since: number, why: string): void {
    if (closing) return
    crashes = clock.now() - since < steadyMs ? crashes + 1 : 1
    const waitMs = emptyMs(crashes)
    const when = waitMs === 0 ? 'now' : `in ${waitMs} ms`
    onError(new WildcastError('interrupted', `${name} is started again ${when}: ${why}`))
    stopWaiting = clock.after(waitMs, () => {
      const again = clock.now()
      occupy().catch((cause) => replace(again, WildcastError.from(cause).message))
    })
  }

  return {
    open: occupy,
    say: (words) => current?.say(words) ?? false,
    hand: (arrival) => current?.hand(arrival) ?? false,
    async close() {
      closing = true
      stopWaiting()
      await current?.close()
    },
  }
}
