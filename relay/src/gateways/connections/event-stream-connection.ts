import { factsOf, type WildcastError } from '@wildcast/protocol'
import type { Settle } from '../../core/outlet.js'
import type { TimeSlice } from '../../core/time-slice.js'
import type { EventStream } from './event-stream.js'
import { HttpConnection } from './http-connection.js'

/** A client that sends frames by POST, and receives an event stream. */
export class EventStreamConnection extends HttpConnection {
  readonly #stream: EventStream
  #over = false

  constructor(stream: EventStream, slice: TimeSlice) {
    super(slice)
    this.#stream = stream
  }

  write(events: Uint8Array, done?: Settle): boolean {
    if (this.#over) {
      done?.(false)
      return true
    }
    this.hasSent = true
    return this.#stream.write(events, done)
  }

  whenDrained(run: () => void): void {
    this.#stream.whenDrained(run)
  }

  get waiting(): number {
    return this.#stream.waiting
  }

  /** Its stream has ended. */
  override gone(): void {
    this.#over = true
    super.gone()
  }

  end(error: WildcastError): void {
    if (this.#over) return
    this.write(closeEvent(error))
    this.gone()
    this.#stream.end(error)
  }
}

/** The last event, with a code and a reason as for a WebSocket's close. */
function closeEvent(error: WildcastError): Uint8Array {
  return new TextEncoder().encode(`event: close\ndata: ${closeText(error)}\n\n`)
}

/** Returns the close code and the reason of an error, in JSON. */
export function closeText({ code, message }: WildcastError): string {
  return JSON.stringify({ code: factsOf(code).close, reason: `${code}: ${message}` })
}
