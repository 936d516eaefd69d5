import type { Clock } from '../../core/clock.js'
import type { TerminalProcess } from './terminal.js'

export interface SignalActions {
  /** Closes the relay in good order. */
  close(): Promise<void>
  reload(): Promise<unknown>
  readonly terminal: TerminalProcess
  readonly clock: Clock
  exit(code: number): void
  /** Reports why the relay could not close in good order. */
  report(why: string): void
}

/**
 * The longest drain takes 20 s, and what is still open then 3 s. Service managers kill after 30 s
 * or more.
 */
export const closeDeadlineMs = 27_000

/** A system that closes a terminal may send the signal first. */
const hangUpMs = 100

/**
 * The first `SIGINT` or `SIGTERM` closes in good order, the second one exits at once. `SIGHUP`
 * reloads, or closes if the terminal of the process is gone.
 */
export function onSignals({
  close,
  reload,
  terminal,
  clock,
  exit,
  report: complain,
}: SignalActions): (signal: string) => void {
  let closing = false

  function end(): void {
    closing = true
    clock.after(closeDeadlineMs, () => {
      complain(`not everything was closed within ${closeDeadlineMs / 1000} s`)
      exit(1)
    })
    close().then(
      () => exit(0),
      (cause: unknown) => {
        complain(String(cause))
        exit(1)
      },
    )
  }

  function hangUp(): void {
    if (closing) return
    if (terminal.gone) end()
    else void reload()
  }

  return (signal) => {
    if (signal === 'SIGHUP') clock.after(hangUpMs, hangUp)
    else if (closing) exit(1)
    else end()
  }
}
