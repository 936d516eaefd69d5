import type { ServerResponse } from 'node:http'
import type { WildcastError } from '@wildcast/protocol'
import type { Wire } from '../core/outbox.js'
import type { Settle } from '../core/outlet.js'
import { waitingIn } from './waiting-in.js'

/** A reader for whom so many bytes wait is behind. */
const behindBytes = 16 * 1024

export interface EventStreamOptions {
  /** Aborted when the client has left. */
  readonly gone: AbortSignal
  /** What the body is written to. */
  readonly outgoing: ServerResponse
}

/** The body of a response that goes on. */
export class EventStream implements Wire {
  readonly #body: ReadableStream<Uint8Array>
  readonly #outgoing: ServerResponse
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #ended: () => void = () => {}
  #drained: () => void = () => {}

  constructor({ gone, outgoing }: EventStreamOptions) {
    this.#outgoing = outgoing
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
  }

  /** Runs once, when nothing can be written any more. */
  whenEnded(run: () => void): void {
    this.#ended = run
  }

  response(): Response {
    const headers = {
      'content-type': 'text/event-stream; charset=utf-8',
      // `no-transform`: a proxy that compresses would hold events back. The last one is for nginx.
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
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

  /** What was written still leaves, unless its reader has taken nothing for long. */
  end(error: WildcastError): void {
    this.close()
    if (error.code === 'slow_consumer') this.#outgoing.destroy()
  }

  /** Ends when all that was written has left. */
  close(): void {
    try {
      this.#controller?.close()
    } catch {
      // Its reader has cancelled it in this very moment.
    }
    this.#forget()
  }

  get #queued(): number {
    return -(this.#controller?.desiredSize ?? 0)
  }

  #forget(): void {
    if (!this.#controller) return
    this.#controller = undefined
    this.#ended()
  }
}
