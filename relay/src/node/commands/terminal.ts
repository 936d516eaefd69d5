import { closeSync, openSync } from 'node:fs'
import { isatty } from 'node:tty'

/** Whether a process that was started in a terminal has lost it. */
export interface TerminalProcess {
  readonly gone: boolean
}

/** The terminal in which this process was started. `nohup` and service managers provide none. */
export function terminal(): TerminalProcess {
  const had = [0, 1, 2].some((fd) => isatty(fd)) && hasTerminal()
  return {
    get gone() {
      return had && !hasTerminal()
    },
  }
}

/** Only a process with a controlling terminal can open `/dev/tty`. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}
