import { refusal, WildcastError } from '@wildcast/protocol'
import type { Authenticate, Credentials, Identity } from '../../../core/access/identity.js'
import type { Clock } from '../../../core/clock.js'
import type { NewClient } from '../dialect.js'

export interface ClientEntryPorts {
  readonly clock: Clock
  /** How long a connection may stay without credentials, in milliseconds. */
  readonly entryMs: number
  readonly authenticate: Authenticate
  /** The credentials of the handshake. */
  readonly credentials: Credentials
  /** Called before `admit`: refuses the client if its user has too many connections. */
  readonly known?: NewClient['known']
  /** Returns the token of a `Connect`. */
  tokenOf(message: string | Uint8Array): string | undefined
  /** The client is known. Receives what it has sent so far, in order. */
  admit(identity: Identity, messages: readonly (string | Uint8Array)[]): void
  /** The client is refused: its connection ends. */
  refuse(error: WildcastError): void
}

/** The limit of what is held for a client that is not known yet, in bytes. */
const mostHeld = 64 * 1024

/** The bytes that an empty message counts. */
const messageOverhead = 64

/**
 * The entry of a client: its first message may have credentials. Until they are checked, its
 * messages are held.
 */
export class ClientEntry {
  readonly #ports: ClientEntryPorts
  readonly #stopClock: () => void
  readonly #held: (string | Uint8Array)[] = []
  #bytes = 0
  #isOver = false
  #refusal: WildcastError | undefined
  #checked: Promise<void> | undefined

  constructor(ports: ClientEntryPorts) {
    this.#ports = ports
    const { clock, entryMs } = ports
    this.#stopClock = clock.after(entryMs, () =>
      this.#refuse(refusal('unauthorized', `send "Connect" with a token within ${entryMs / 1000} s`)),
    )
  }

  /** Takes the next message of the client. */
  hold(message: string | Uint8Array): void {
    if (this.#isOver) return
    this.#bytes += message.length + messageOverhead
    if (this.#bytes > mostHeld) {
      this.#refuse(refusal('too_large', `send at most ${mostHeld} bytes before "Welcome"`))
      return
    }
    this.#held.push(message)
    this.#checked ??= this.#check(message)
  }

  /** Resolves when the client is admitted, or with its refusal. */
  async whenOver(): Promise<WildcastError | undefined> {
    await this.#checked
    return this.#refusal
  }

  /** The client has left. */
  close(): void {
    this.#isOver = true
    this.#stopClock()
  }

  async #check(first: string | Uint8Array): Promise<void> {
    const { authenticate, credentials, known, tokenOf } = this.#ports
    const token = tokenOf(first) ?? credentials.token
    try {
      const identity = await authenticate({ ...credentials, token })
      if (this.#isOver) return
      known?.(identity)
      this.#ports.admit(identity, this.#held)
      this.close()
    } catch (cause) {
      this.#refuse(WildcastError.from(cause))
    }
  }

  #refuse(error: WildcastError): void {
    if (this.#isOver) return
    this.close()
    this.#refusal = error
    this.#ports.refuse(error)
  }
}
