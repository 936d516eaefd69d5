import type { Config } from '../config/config.js'
import type { ControlAnswer } from '../control/control-socket.js'

export interface ReloadsOptions {
  /** Reads the configuration again. */
  read(): Promise<Config>
  /** Switches to it. Returns what was done, and what needs a restart. */
  apply(config: Config): Promise<readonly string[]>
  print(line: string): void
}

/**
 * Reads a configuration again and switches to it, one reload after the other. Prints the outcome.
 */
export function reloads({ read, apply, print }: ReloadsOptions): () => Promise<ControlAnswer> {
  let last: Promise<unknown> = Promise.resolve()

  async function once(): Promise<ControlAnswer> {
    try {
      const config = await read()
      const applied = await apply(config)
      return { failed: false, lines: [...config.notes, ...(applied.length === 0 ? ['nothing has changed'] : applied)] }
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      return { failed: true, lines: [why, 'not reloaded: the relay continues as before'] }
    }
  }

  return () => {
    const answer = last.then(once)
    last = answer
    void answer.then(({ lines }) => lines.forEach(print))
    return answer
  }
}
