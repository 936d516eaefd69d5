import type { TokenReason, TokenSource } from '../connection/token-source.js'

/**
 * The tokens of a shared connection. The client of the tab has just got one when it connects, which
 * is used first, so that the app is asked once.
 */
export class GivenTokens implements TokenSource {
  readonly kind: TokenSource['kind']
  readonly #tokens: TokenSource
  #given: readonly [token: string | undefined] | undefined

  constructor(tokens: TokenSource) {
    this.#tokens = tokens
    this.kind = tokens.kind
  }

  /** The client of the tab connects with this token. */
  give(token: string | undefined): void {
    this.#given = [token]
  }

  get(reason: TokenReason): Promise<string | undefined> {
    const given = this.#given
    this.#given = undefined
    return given && reason === 'connect' ? Promise.resolve(given[0]) : this.#tokens.get(reason)
  }
}
