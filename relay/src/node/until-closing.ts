import type { OnFailure } from '../core/outlet.js'

/**
 * Reports errors, but not that the relay closes its own brokers: what waits for a broker that was
 * never reached fails then.
 */
export function untilClosing(report: OnFailure): { readonly onError: OnFailure; close(): void } {
  let closing = false
  return {
    onError(error, at) {
      if (!(closing && error.code === 'broker_down' && at.stage !== 'broker')) report(error, at)
    },
    close() {
      closing = true
    },
  }
}
