import type { ChildProcess } from 'node:child_process'
import { WildcastError } from '@wildcast/protocol'
import { type BackOff, backOffMs } from '../../core/back-off.js'
import { type SlotProcess, type SlotProcessOptions, slotProcess } from './slot-process.js'

export interface WorkerSlotOptions extends Pick<SlotProcessOptions, 'name' | 'task' | 'onMessage' | 'clock'> {
  fork(): ChildProcess
  /** A process that was ready has ended. Receives the id of its relay, if it was one. */
  onEnd(relay: string | undefined): void
  readonly onError: (error: WildcastError) => void
}

/** A slot for a process, which is replaced when it ends. */
export interface WorkerSlot extends Pick<SlotProcess, 'send' | 'pass'> {
  /** Starts the first process. @throws the reason if it can't start; then the slot stays empty */
  open(): Promise<void>
  /** Closes its process in good order, and replaces it no longer. */
  close(): Promise<void>
}

/** A process that ends sooner after its start counts as one more crash in a row. */
const steadyMs = 10_000
const backOff: BackOff = { firstMs: 100, longestMs: 10_000 }

/**
 * How long a slot stays empty after this number of crashes in a row. After the first there is no
 * wait.
 */
export function restartDelayMs(crashes: number): number {
  return crashes <= 1 ? 0 : backOffMs(backOff, crashes - 2)
}

export function workerSlot({ fork, onEnd, onError, ...options }: WorkerSlotOptions): WorkerSlot {
  const { name, clock } = options
  let current: SlotProcess | undefined
  let crashes = 0
  let closing = false
  let stopWaiting = (): void => {}

  async function startProcess(): Promise<void> {
    const since = clock.now()
    current = slotProcess({
      ...options,
      child: fork(),
      onEnd(relay, how) {
        onEnd(relay)
        replace(since, `it ended (${how})`)
      },
    })
    await current.started
  }

  function replace(since: number, why: string): void {
    if (closing) return
    crashes = clock.now() - since < steadyMs ? crashes + 1 : 1
    const waitMs = restartDelayMs(crashes)
    const when = waitMs === 0 ? 'now' : `in ${waitMs} ms`
    onError(new WildcastError('interrupted', `${name} is started again ${when}: ${why}`))
    stopWaiting = clock.after(waitMs, () => {
      const again = clock.now()
      startProcess().catch((cause) => replace(again, WildcastError.from(cause).message))
    })
  }

  return {
    open: startProcess,
    send: (message) => current?.send(message) ?? false,
    pass: (client) => current?.pass(client) ?? false,
    async close() {
      closing = true
      stopWaiting()
      await current?.close()
    },
  }
}
