import { type ClientFrame, type RelayFrame, WildcastError } from '@wildcast/protocol/client'
import type { ReportError } from '../app/report-error.js'
import { toError } from '../app/to-error.js'
import type { ClientClock } from '../time/clock.js'
import { openTimer, type Timer } from '../time/timer.js'
import type { ConnectionEvent } from './connection-step.js'
import type { TokenSource } from './token-source.js'

/** The parts of a link that its token uses. */
export interface TokenPorts {
  readonly clock: ClientClock
  readonly tokens: TokenSource
  readonly fault: ReportError
  send(frame: ClientFrame): unknown
}

/** How a connection failed, for `step`. */
type Failed = Omit<Extract<ConnectionEvent, { readonly type: 'failed' }>, 'type'>

/** The `ref` of `Authenticate`: no other frame has it. */
export const authenticateRef = 0
/** How long before the end of the session a token is renewed at the earliest, in milliseconds. */
const earliestMs = 120_000
/** The last time left for which a renewal is tried. */
const leastMs = 1_000
/** The longest wait of a timer in browsers and Node. */
const longestMs = 2 ** 31 - 1

/** The token of a connection: replaced before it expires, and once after a refusal. */
export class TokenRenewal {
  readonly #ports: TokenPorts
  readonly #timer: Timer
  /** The token that the relay has, or has refused. */
  #last: string | undefined
  /** The token of the last `Authenticate`. */
  #offered: string | undefined
  /** Why the relay has refused the last token, until it accepts another. */
  #refusal: WildcastError | undefined

  constructor(ports: TokenPorts) {
    this.#ports = ports
    this.#timer = openTimer(ports.clock)
  }

  /** Resolves with the token to connect with. Rejects with the refusal if there is no other. */
  async next(): Promise<string | undefined> {
    const refusal = this.#refusal
    const token = await this.#ports.tokens.get(refusal ? 'refused' : 'connect')
    if (refusal && token === this.#last) throw refusal
    return token
  }

  /** The client connects with this token. */
  show(token: string | undefined): void {
    this.#last = token
  }

  /** The attempt failed before a transport was open. The refusal is then final. */
  failed(cause: unknown): Failed {
    const final = cause !== undefined && cause === this.#refusal
    if (final) this.#refusal = undefined
    return { reason: WildcastError.from(cause), final }
  }

  /** The relay has closed the connection. A refused token is replaced once. */
  judge(reason: WildcastError): Failed {
    const { kind } = this.#ports.tokens
    if (kind === 'undefined' || !isOfToken(reason.code)) return { reason, final: !reason.retry }
    const renew = kind === 'function' && !this.#refusal
    this.#refusal = renew ? reason : undefined
    return { reason, final: !renew, renew }
  }

  /** The relay has accepted the token, for `restMs` milliseconds if it expires. */
  accepted(restMs: number | undefined): void {
    this.#refusal = undefined
    this.#arm(restMs)
  }

  /** The connection is lost. */
  stop(): void {
    this.#timer.stop()
  }

  /** Handles the answer to `Authenticate`. Returns false for other frames. */
  receive(frame: RelayFrame): boolean {
    if (!('ref' in frame) || frame.ref !== authenticateRef) return false
    const isError = frame.kind === 'Error'
    if (!isError || isOfToken(frame.code)) this.#last = this.#offered
    if (isError) this.#ports.fault(toError(frame), 'token')
    else if (frame.kind === 'Ack') this.#arm(frame.expires_in)
    return true
  }

  /**
   * Renews the token when a quarter of its time is left, at most two minutes. If that fails, or the
   * app returns the same token, again when a quarter of the rest is left.
   */
  #arm(restMs: number = 0): void {
    this.#timer.stop()
    if (this.#ports.tokens.kind !== 'function' || restMs < leastMs) return
    const waitMs = Math.min(Math.max(restMs * 0.75, restMs - earliestMs), longestMs)
    this.#timer.set(waitMs, () => {
      this.#arm(restMs - waitMs)
      void this.#renew()
    })
  }

  async #renew(): Promise<void> {
    const { tokens, send, fault } = this.#ports
    try {
      const token = await tokens.get('expiring')
      if (token === undefined) return
      this.#offered = token
      send({ kind: 'Authenticate', ref: authenticateRef, token })
    } catch (cause) {
      fault(WildcastError.from(cause), 'token')
    }
  }
}

function isOfToken(code: string): boolean {
  return code === 'unauthorized' || code === 'token_expired'
}
