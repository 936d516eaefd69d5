import type { IncomingMessage } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import { refusal, WildcastError } from '@wildcast/protocol'
import type { Context } from 'hono'
import { Cancel, type CancelSignal } from '../../core/cancel.js'
import type { RelayView } from '../../core/relay.js'
import type { Sender } from '../../core/unfinished-input.js'

export interface ReadBodyOptions {
  readonly maxBytes: number
  /** The remedy in the error if the body is longer. */
  readonly remedy: string
}

/** Bytes to reserve first for a body of unknown length. */
const firstBytes = 4096

/**
 * Reads the body of a request. An announced length is checked before the body is read. It reads
 * Node's own request, since a web stream takes many times as long for small pieces.
 * @throws {WildcastError} `too_large`; `rate_limited` if all clients have too much incomplete
 * input; `interrupted` if the client has left
 */
export function readBody(c: Context, relay: RelayView, options: ReadBodyOptions): Promise<Buffer> {
  return withBody(c, relay, options, async (body) => body)
}

/**
 * As `readBody`, for a body that may have to wait: it counts as incomplete input until `use` has
 * settled.
 * @param use - its `cutOff` is aborted if the body must be dropped
 */
export async function withBody<Result>(
  c: Context,
  { unfinished }: RelayView,
  options: ReadBodyOptions,
  use: (body: Buffer, cutOff: CancelSignal) => Promise<Result>,
): Promise<Result> {
  const { incoming } = c.env as HttpBindings
  if (Number(c.req.header('content-length') ?? 0) > options.maxBytes) throw tooLarge(options)
  const body = new Body(options)
  const cutOff = new Cancel()
  const sender: Sender = {
    cutOff() {
      const error = refusal('rate_limited', 'too much unfinished input waits in this relay; send less at once')
      body.refuse(error)
      cutOff.abort(error)
    },
  }
  try {
    return await use(await body.readFrom(incoming, (bytes) => unfinished.hold(sender, bytes)), cutOff)
  } finally {
    unfinished.hold(sender, 0)
  }
}

function tooLarge({ maxBytes, remedy }: ReadBodyOptions): WildcastError {
  return new WildcastError('too_large', `the body is longer than ${maxBytes} bytes; ${remedy}`)
}

/** A growing buffer. It copies pieces, since each would keep its whole chunk in memory. */
class Body {
  readonly #options: ReadBodyOptions
  #bytes = Buffer.alloc(0)
  #length = 0
  #refuse: (error: WildcastError) => void = () => {}

  constructor(options: ReadBodyOptions) {
    this.#options = options
  }

  refuse(error: WildcastError): void {
    this.#refuse(error)
  }

  readFrom(incoming: IncomingMessage, held: (bytes: number) => void): Promise<Buffer> {
    return new Promise<Buffer>((resolve, reject) => {
      const stop = (): void => {
        incoming.off('data', take).off('end', end).off('close', leave)
      }
      const end = (): void => {
        stop()
        resolve(this.#bytes.subarray(0, this.#length))
      }
      const leave = (): void => this.refuse(new WildcastError('interrupted', 'the client left'))
      const take = (chunk: Buffer): void => {
        if (this.#length + chunk.length > this.#options.maxBytes) this.refuse(tooLarge(this.#options))
        else {
          if (this.#append(chunk)) held(this.#bytes.length)
        }
      }
      this.#refuse = (error) => {
        stop()
        incoming.resume() // the rest is ignored
        reject(error)
      }
      incoming.on('data', take).on('end', end).on('close', leave).on('error', leave)
    })
  }

  /** Returns whether it takes more memory now. */
  #append(chunk: Buffer): boolean {
    const length = this.#length + chunk.length
    const grows = length > this.#bytes.length
    if (grows) {
      const grown = Buffer.allocUnsafe(Math.max(firstBytes, 2 * length))
      this.#bytes.copy(grown, 0, 0, this.#length)
      this.#bytes = grown
    }
    chunk.copy(this.#bytes, this.#length)
    this.#length = length
    return grows
  }
}
