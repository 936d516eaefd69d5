import type { ChildProcess } from 'node:child_process'
import { WildcastError } from '@wildcast/protocol'
import { type BackOff, backOffMs } from '../../core/back-off.js'
import { type Occupant, type OccupantOptions, occupant } from './occupant.js'

export interface PlaceOptions extends Pick<OccupantOptions, 'name' | 'task' | 'heard' | 'clock'> {
  fork(): ChildProcess
  /** A process has ended that was ready; with the id of its relay, where it was one. */
  ended(relay: string | undefined): void
  readonly onError: (error: WildcastError) => void
}

/** A place in the crew: a process that is replaced when it ends. */
export interface WorkerSlot extends Pick<Occupant, 'say' | 'hand'> {
  /**
   * Starts the first process. @throws whatever keeps it from beginning; then the place stays empty
   */
  open(): Promise<void>
  /** Ends its process in good order, and replaces it no more. */
  close(): Promise<void>
}

/** What ends sooner after its start has crashed at once. */
const steadyMs = 10_000
const backOff: BackOff = { firstMs: 100, longestMs: 10_000 }

/**
 * How long a place stays empty when so many processes in a row have crashed at once. After the
 * first nobody waits.
 */
export function emptyMs(crashes: number): number {
  return crashes <= 1 ? 0 : backOffMs(backOff, crashes - 2)
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
