import { pino } from 'pino'
import type { Clock } from '../core/clock.js'
import type { Observer } from '../core/observer.js'
import type { OnFailure } from '../core/outlet.js'
import { quota } from './quota.js'

/** The relay's log: JSON lines on stderr. */
export interface Log {
  /**
   * A line for each failure that nobody waits for; of one kind a few in a while, and then how many
   * there were.
   */
  readonly onError: OnFailure
  /** A line when a broker is reached again. That it is lost comes as an error. */
  readonly observer: Pick<Observer, 'status'>
}

/** Opens the log. Payloads and tokens never get here: errors do not hold them. */
export function openLog(clock: Clock): Log {
  const log = pino({ base: null }, pino.destination({ fd: 2, sync: true }))
  const spare = quota(clock, (kind, suppressed) => log.warn({ kind, suppressed }, 'more of the same'))
  const lost = new Set<string>()
  return {
    onError({ code, message }, at) {
      if (spare(`${at.stage} ${at.broker ?? ''} ${code}`))
        log[code === 'internal' ? 'error' : 'warn']({ ...at, code }, message)
    },
    observer: {
      status(broker, now) {
        // A relay that starts as it should has nothing to say.
        if (now === 'up' && lost.delete(broker)) log.info({ stage: 'broker', broker }, 'the broker is reached again')
        if (now === 'down') lost.add(broker)
      },
    },
  }
}
