import type { Undo } from '../../time/clock.js'
import { describeBuffering, describeNoAnswer } from '../stream/diagnosis.js'
import { stream } from '../stream/stream.js'
import { abnormalClosure } from '../stream/stream-life.js'
import { streamUrl } from '../stream/stream-url.js'
import type { OpenTransport, Transport, TransportEvents, TransportSettings } from '../transport.js'
import { websocketTransport } from '../websocket.js'
import { problemOf } from './problem-of.js'
import type { TransportMemory } from './transport-memory.js'

/** Less than the client's limit for an attempt, so that it ends with the reason found here. */
const attemptMs = 9000
/** How long the second WebSocket may take to open, after the first was refused. */
const secondMs = 2000

/** The outcome of the first WebSocket of the attempt. */
export interface FirstTry {
  /** Why it was refused; empty while it may still open, or if none was tried. */
  readonly reason: string
  /** When the attempt began. */
  readonly begunAt: number
}

/**
 * The transport after a WebSocket that did not open. If the relay answers plain HTTP, a refused
 * WebSocket is tried once more, since the relay may have been away; then HTTP is used, which the
 * tab remembers. If nothing works, the attempt ends with the reason, at once or, if the first
 * WebSocket may still open, at the deadline.
 */
export function fallback(memory: TransportMemory, first: FirstTry): OpenTransport {
  return (events, settings) => new Fallback(memory, first, events, settings)
}

class Fallback implements Transport {
  readonly #memory: TransportMemory
  readonly #first: FirstTry
  readonly #events: TransportEvents
  readonly #settings: TransportSettings
  readonly #leave = new AbortController()
  readonly #stopDeadline: Undo
  readonly #triedSocket: boolean
  #stopSecond: Undo = () => {}
  #transport: Transport | undefined
  /** The reason of a failure at the deadline. */
  #missing: string
  #state: 'opening' | 'welcome' | 'over' = 'opening'

  constructor(memory: TransportMemory, first: FirstTry, events: TransportEvents, settings: TransportSettings) {
    this.#memory = memory
    this.#first = first
    this.#events = events
    this.#settings = settings
    this.#missing = describeNoAnswer(settings.url)
    this.#triedSocket = !memory.blocked
    const { clock } = settings
    const restMs = Math.max(0, attemptMs - (clock.now() - first.begunAt))
    this.#stopDeadline = clock.after(restMs, () => this.#end(this.#missing))
    if (this.#triedSocket) void this.#probe()
    else this.#overHttp()
  }

  get kind(): Transport['kind'] {
    return this.#transport?.kind
  }

  send: Transport['send'] = (frame, number) => this.#transport?.send(frame, number)

  close(code?: number): void {
    // The client may have given up before this deadline.
    if (this.#state === 'opening' && code === undefined) this.#memory.remember(false)
    this.#stop()
    this.#transport?.close(code)
  }

  /** Checks whether a relay answers plain HTTP. */
  async #probe(): Promise<void> {
    const url = streamUrl(this.#settings.url)
    const problem = await problemOf(url, this.#leave.signal)
    if (this.#state === 'over') return
    if (problem) this.#fail(problem)
    else if (this.#first.reason) this.#bySocket()
    else this.#overHttp()
  }

  #bySocket(): void {
    let refused = false
    const refuse = (): void => {
      if (refused || this.#state !== 'opening') return
      refused = true
      this.#stopSecond()
      this.#transport?.close()
      this.#overHttp()
    }
    this.#stopSecond = this.#settings.clock.after(secondMs, refuse)
    try {
      this.#transport = websocketTransport(
        {
          ...this.#events,
          open: () => {
            if (refused) return
            this.#connected(false)
            this.#events.open()
          },
          close: (how) => {
            if (this.#state === 'opening') refuse()
            else if (!refused) this.#events.close(how)
          },
        },
        this.#settings,
      )
    } catch {
      refuse() // the page's content security policy may throw
    }
  }

  #overHttp(): void {
    this.#transport = stream(
      {
        ...this.#events,
        open: () => {
          this.#missing = describeBuffering(streamUrl(this.#settings.url))
          this.#events.open()
        },
        frame: (frame, bytes) => {
          if (this.#state === 'over') return
          if (frame.kind === 'Welcome') this.#connected(true)
          this.#events.frame(frame, bytes)
        },
        close: (how) => {
          if (this.#state === 'welcome') this.#events.close(how)
          else this.#fail(how.reason, how.code)
        },
      },
      this.#settings,
    )
  }

  #connected(blocked: boolean): void {
    this.#stopDeadline()
    this.#stopSecond()
    this.#state = 'welcome'
    this.#memory.remember(blocked)
  }

  /** HTTP has failed. */
  #fail(reason: string, code = abnormalClosure): void {
    const mayOpen = this.#triedSocket && !this.#first.reason
    if (mayOpen && code === abnormalClosure) this.#missing = reason
    else this.#end(reason, code)
  }

  #end(reason: string, code = abnormalClosure): void {
    if (this.#state !== 'opening') return
    this.#stop()
    this.#memory.remember(false)
    // The relay's own refusal explains itself.
    const refusal = code === abnormalClosure && this.#first.reason
    this.#events.close({ code, reason: refusal ? `${reason} (WebSocket: ${refusal})` : reason })
  }

  #stop(): void {
    this.#state = 'over'
    this.#stopDeadline()
    this.#stopSecond()
    this.#leave.abort()
  }
}
