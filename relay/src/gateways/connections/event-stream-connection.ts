import { factsOf, WildcastError } from '@wildcast/protocol'
import type { CancelSignal } from '../../core/cancel.js'
import type { Settle } from '../../core/outlet.js'
import type { TimeSlice } from '../../core/time-slice.js'
import type { NumberedDialect } from './connection.js'
import type { EventStream } from './event-stream.js'
import type { HttpConnection } from './http-connection.js'
import { PostedFrames } from './posted-frames.js'

/** A client whose frames come by POST, and that receives an event stream. */
export class EventStreamConnection implements HttpConnection {
  readonly unfinished = 0
  readonly completed = 0
  sent = true
  #heard = true
  readonly #stream: EventStream
  readonly #posted: PostedFrames
  #dialect: NumberedDialect | undefined
  #over = false

  constructor(stream: EventStream, slice: TimeSlice) {
    this.#stream = stream
    this.#posted = new PostedFrames(slice)
  }

  /** A client that is not read from can't be heard. */
  get heard(): boolean {
    return this.#heard || this.#posted.isPaused
  }

  set heard(heard: boolean) {
    this.#heard = heard
  }

  speak(dialect: NumberedDialect): void {
    this.#dialect = dialect
    this.#posted.speak(dialect)
  }

  take(from: number, lines: string, cutOff: CancelSignal): Promise<number> {
    this.heard = true
    return this.#posted.take(from, lines, cutOff)
  }

  write(events: Uint8Array, done?: Settle): boolean {
    if (this.#over) {
      done?.(false)
      return true
    }
    this.sent = true
    return this.#stream.write(events, done)
  }

  whenDrained(run: () => void): void {
    this.#stream.whenDrained(run)
  }

  get waiting(): number {
    return this.#stream.waiting
  }

  pause(): () => void {
    return this.#posted.pause()
  }

  get paused(): boolean {
    return this.#posted.isPaused
  }

  whenReady(): Promise<void> {
    return this.#posted.whenReady()
  }

  /** Its stream has ended. */
  gone(): void {
    this.#over = true
    this.#posted.end()
  }

  /** Nothing beneath the frames could carry one. */
  ping(): void {
    this.#dialect?.ping()
  }

  quiet(): void {
    this.#dialect?.ping()
  }

  lost(why: string): void {
    this.end(new WildcastError('timeout', why))
  }

  goAway(windowMs: readonly [number, number]): void {
    this.#dialect?.goAway?.(windowMs)
  }

  async whenAnswered(): Promise<void> {
    await this.#dialect?.whenAnswered?.()
  }

  leave(error: WildcastError): void {
    this.#dialect?.end(error)
  }

  end(error: WildcastError): void {
    if (this.#over) return
    this.write(closeEvent(error))
    this.gone()
    this.#stream.end(error)
  }
}

/** Comes last, as a WebSocket is closed: with a code and a reason. */
function closeEvent(error: WildcastError): Uint8Array {
  return new TextEncoder().encode(`event: close\ndata: ${closeText(error)}\n\n`)
}

/** The close code and the reason of an error, in JSON. */
export function closeText({ code, message }: WildcastError): string {
  return JSON.stringify({ code: factsOf(code).close, reason: `${code}: ${message}` })
}
