import type { TokenReason, TokenSource } from '../connection/token-source.js'
import type { ClientClock } from '../time/clock.js'

/** How long a token counts as new, in milliseconds. A tab may hold the connection only later. */
const newMs = 10_000

/**
 * The tokens of a shared connection. The client of the tab has just got one when it connects, which
 * is used first, so that the app is asked once.
 */
export class GivenTokens implements TokenSource {
  readonly kind: TokenSource['kind']
  readonly #tokens: TokenSource
  readonly #clock: ClientClock
  #given: { readonly token: string | undefined; readonly at: number } | undefined

  constructor(tokens: TokenSource, clock: ClientClock) {
    this.#tokens = tokens
    this.#clock = clock
    this.kind = tokens.kind
  }

  /** The client of the tab connects with this token. */
  give(token: string | undefined): void {
    this.#given = { token, at: this.#clock.now() }
  }

  get(reason: TokenReason): Promise<string | undefined> {
    const given = this.#given
    this.#given = undefined
    const isNew = given && Math.abs(this.#clock.now() - given.at) < newMs
    return isNew && reason === 'connect' ? Promise.resolve(given.token) : this.#tokens.get(reason)
  }
}
