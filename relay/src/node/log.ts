import { pino } from 'pino'
import type { OnError } from '../core/outlet.js'

/** The relay's log: JSON lines on stderr, one for each failure that nobody waits for. Payloads and tokens never get here: errors do not hold them. */
export function errorLog(): OnError {
  const log = pino({ base: null }, pino.destination({ fd: 2, sync: true }))
  return ({ code, message }, at) => log[code === 'internal' ? 'error' : 'warn']({ ...at, code }, message)
}
