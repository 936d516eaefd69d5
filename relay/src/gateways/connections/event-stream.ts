import type { ServerResponse } from 'node:http'
import type { WildcastError } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'
import type { Settle } from '../../core/outlet.js'
import type { Wire } from '../../core/wire.js'
import { waitingIn } from './waiting-in.js'

/** A reader with this many waiting bytes is behind. */
const behindBytes = 16 * 1024

/** A comment, which readers of event streams ignore. */
const comment = new TextEncoder().encode(':\n\n')

/** The time in which a client's system refuses data on a closed connection. */
const refusalMs = 1000

export interface EventStreamOptions {
  /** Aborted when the client has left. */
  readonly gone: AbortSignal
  /** The response of the body. */
  readonly outgoing: ServerResponse
  readonly clock: Clock
}

/** The body of a response that stays open. */
export class EventStream implements Wire {
  readonly #body: ReadableStream<Uint8Array>
  readonly #outgoing: ServerResponse
  readonly #clock: Clock
  readonly #onEnd = (): void => this.#probe()
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #ended: () => void = () => {}
  #drained: () => void = () => {}

  constructor({ gone, outgoing, clock }: EventStreamOptions) {
    this.#outgoing = outgoing
    this.#clock = clock
    const strategy: QueuingStrategy<Uint8Array> = { highWaterMark: 0, size: (bytes) => bytes.length }
    this.#body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => this.#drained(),
        cancel: () => this.#forget(),
      },
      strategy,
    )
    gone.addEventListener('abort', () => this.close())
    outgoing.socket?.once('end', this.#onEnd)
  }

  /** Runs once, when nothing more can be written. */
  whenEnded(run: () => void): void {
    this.#ended = run
  }

  /** @param more - further headers, or others */
  response(more: Readonly<Record<string, string>> = {}): Response {
    const headers = {
      'content-type': 'text/event-stream; charset=utf-8',
      // `no-transform`: a proxy that compresses would delay events. The last one is for nginx.
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      ...more,
    }
    return new Response(this.#body, { headers })
  }

  write(bytes: Uint8Array, done?: Settle): boolean {
    this.#controller?.enqueue(bytes)
    done?.(this.#controller !== undefined)
    return this.#queued < behindBytes
  }

  whenDrained(run: () => void): void {
    this.#drained = () => {
      this.#drained = () => {}
      run()
    }
  }

  get waiting(): number {
    return this.#queued + waitingIn(this.#outgoing.socket ?? this.#outgoing)
  }

  /** Waiting data is still sent, unless the error is `slow_consumer`. */
  end(error: WildcastError): void {
    this.close()
    if (error.code === 'slow_consumer') this.#outgoing.destroy()
  }

  /** Ends when all written data has left. */
  close(): void {
    try {
      this.#controller?.close()
    } catch {
      // Its reader has cancelled it just now.
    }
    this.#forget()
  }

  /**
   * The client sends nothing more: it has left, or only reads from now on. Two writes distinguish
   * these: a client that has left refuses the first, after which the second fails.
   */
  #probe(): void {
    this.write(comment)
    this.#clock.after(refusalMs, () => this.write(comment))
  }

  get #queued(): number {
    return -(this.#controller?.desiredSize ?? 0)
  }

  #forget(): void {
    if (!this.#controller) return
    this.#controller = undefined
    this.#outgoing.socket?.off('end', this.#onEnd)
    this.#ended()
  }
}
