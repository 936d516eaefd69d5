import { closeSync, openSync } from 'node:fs'
import { isatty } from 'node:tty'

/** Whether a process that was started in a terminal has lost it. */
export interface TerminalProcess {
  readonly gone: boolean
}

/** The terminal that this process was started in. `nohup` and service managers give it none. */
export function terminal(): TerminalProcess {
  const had = [0, 1, 2].some((fd) => isatty(fd)) && hasTerminal()
  return {
    get gone() {
      return had && !hasTerminal()
    },
  }
}

/** `/dev/tty` can be opened by those who have a controlling terminal. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}
