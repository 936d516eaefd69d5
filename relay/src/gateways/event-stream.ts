import type { Settle } from '../core/outlet.js'

/** Bytes that may wait for a reader before it is cut off as a slow consumer. */
const backlogBytes = 8 * 1024 * 1024

/** The body of a response that goes on, with its bound. */
export class EventStream {
  readonly #body: ReadableStream<Uint8Array>
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #ended: () => void = () => {}
  readonly #cut: () => void

  /** `gone` is aborted when the client has left; `cut` ends the connection with what still waits for it. */
  constructor({ gone, cut }: { readonly gone: AbortSignal; readonly cut: () => void }) {
    this.#cut = cut
    const strategy: QueuingStrategy<Uint8Array> = { highWaterMark: 0, size: (bytes) => bytes.length }
    this.#body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        cancel: () => this.#forget(),
      },
      strategy,
    )
    gone.addEventListener('abort', () => this.end())
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

  write(bytes: Uint8Array, settle?: Settle): void {
    const waiting = -(this.#controller?.desiredSize ?? 0)
    if (waiting > backlogBytes) {
      this.end()
      this.#cut()
    }
    this.#controller?.enqueue(bytes)
    settle?.(this.#controller !== undefined)
  }

  end(): void {
    try {
      this.#controller?.close()
    } catch {
      // Its reader has cancelled it in this very moment.
    }
    this.#forget()
  }

  #forget(): void {
    if (!this.#controller) return
    this.#controller = undefined
    this.#ended()
  }
}
