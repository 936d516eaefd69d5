import { isatty } from 'node:tty'
import type { WildcastError } from '@wildcast/protocol'
import { pino } from 'pino'
import type { Clock } from '../core/clock.js'
import type { Observer } from '../core/observer.js'
import type { OnFailure } from '../core/outlet.js'
import type { StoreContents } from '../stores/sqlite/writer-messages.js'
import { quota } from './quota.js'

/** The relay's log: JSON lines on stderr. */
export interface Log {
  /**
   * Logs a failure that no caller handles: a few of one kind per window, then the number of others.
   */
  readonly onError: OnFailure
  /** Logs that a broker is reached again. Its loss is reported as an error. */
  readonly observer: Pick<Observer, 'status'>
  /** Logs how much a store on disk holds when it is opened; on a terminal as a sentence. */
  stored(broker: string, file: string, contents: StoreContents): void
}

/** Writes a line with the fields of its event, and the error if there is one. */
export type WriteLine = (
  level: 'info' | 'warn' | 'error',
  fields: Readonly<Record<string, unknown>>,
  text: string,
  error?: WildcastError,
) => void

/** Logs to lines: a few failures of one kind per window, then the number of others. */
export function logTo(write: WriteLine, clock: Clock): Pick<Log, 'onError' | 'observer'> {
  const admits = quota(clock, (kind, suppressed) => write('warn', { kind, suppressed }, 'more of the same'))
  const lost = new Set<string>()
  return {
    onError(error, at) {
      const { code, message } = error
      if (admits(`${at.stage} ${at.broker ?? ''} ${code}`))
        write(code === 'internal' ? 'error' : 'warn', { ...at, code }, message, error)
    },
    observer: {
      status(broker, now) {
        // A relay that starts as it should logs nothing.
        if (now === 'up' && lost.delete(broker))
          write('info', { stage: 'broker', broker }, 'the broker is reached again')
        if (now === 'down') lost.add(broker)
      },
    },
  }
}

/**
 * Opens the log. It contains no payloads and tokens, since errors don't.
 * @param isTerminal - whether a person reads it
 */
export function openLog(clock: Clock, isTerminal: boolean = isatty(2)): Log {
  const log = pino({ base: null }, pino.destination({ fd: 2, sync: true }))
  return {
    ...logTo((level, fields, text) => log[level](fields, text), clock),
    stored(broker, file, { values, messages, bytes }) {
      const what = messages === 0 ? `${values} values` : `${values} values and ${messages} messages`
      const held = `the store holds ${what} of ${bytes} bytes`
      // It comes at each start, mostly as the first line.
      if (isTerminal) process.stderr.write(`broker "${broker}": ${held}, in ${file}\n`)
      else log.info({ stage: 'store', broker, file, values, messages, bytes }, held)
    },
  }
}
