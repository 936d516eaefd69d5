import { WildcastError } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'
import { mqttEndedError } from './failures.js'
import type { MqttWire } from './wire.js'

/** The attempts, and the wait between them: a server may be at its limit of connections. */
const mostAttempts = 3
const retryAfterMs = 500

export interface PatientOpenOptions {
  readonly open: () => Promise<MqttWire>
  readonly clock: Clock
  /** Whether the connection is no longer needed: then it is closed. */
  readonly isClosed: () => boolean
  /** Why another connection is needed, as the begin of a sentence. */
  readonly why: string
}

/**
 * Opens a connection besides the first one.
 * @throws {WildcastError} `internal` if the server refuses it; `broker_down` if it was closed
 */
export async function openPatiently({ open, clock, isClosed, why }: PatientOpenOptions): Promise<MqttWire> {
  for (let attempt = 1; ; attempt++) {
    try {
      const wire = await open()
      if (!isClosed()) return wire
      await wire.close()
    } catch (cause) {
      if (!isClosed() && attempt === mostAttempts) throw refused(why, cause)
    }
    if (isClosed()) throw mqttEndedError()
    await new Promise<void>((resolve) => {
      clock.after(retryAfterMs, resolve)
    })
  }
}

function refused(why: string, cause: unknown): WildcastError {
  const { message } = WildcastError.from(cause)
  return new WildcastError('internal', `${why}, and the server refused one: ${message}`, { cause })
}
