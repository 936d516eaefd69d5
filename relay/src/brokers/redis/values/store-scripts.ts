import type { WildcastError } from '@wildcast/protocol'
import type { Written } from '../../../core/store.js'
import type { StoreLimits } from '../../../stores/limits.js'
import type { Keys } from '../keys.js'
import type { Script, ScriptArgument, Scripts } from '../scripts.js'
import type { Echoes } from './echoes.js'
import { fullError } from './full-error.js'
import type { Terms } from './terms.js'
import { outcomeOf } from './write-command.js'

export interface StoreScriptsOptions {
  readonly keys: Keys
  readonly limits: StoreLimits
  readonly scripts: Scripts
  /** The run id of the server. */
  readonly run: string
  readonly terms: Terms
  readonly echoes: Echoes
  /** Call it before a command is sent. */
  readonly cork: () => void
  /** Ends the connection if it is of no more use after this failure. Returns the error to throw. */
  failed(cause: unknown): WildcastError
}

const termLength = 10

/** Runs the scripts of values and of kept messages over one connection. */
export class StoreScripts {
  readonly #options: StoreScriptsOptions

  constructor(options: StoreScriptsOptions) {
    this.#options = options
  }

  /** See `luaTerm`. */
  get server(): string {
    const { run, terms } = this.#options
    return `${run} ${terms.newest}`
  }

  async run(script: Script, args: readonly ScriptArgument[]): Promise<unknown> {
    const { scripts, keys, cork } = this.#options
    cork()
    try {
      return await scripts.run(script, [keys.values, keys.registry, keys.history], args)
    } catch (cause) {
      throw this.failure(cause)
    }
  }

  /** Returns the error to throw for a refusal. */
  failure(cause: unknown): WildcastError {
    const { limits, failed } = this.#options
    return failed(fullError(cause, limits) ?? cause)
  }

  /**
   * Resolves when a change with this number has been delivered here.
   * @param isEchoed whether the echo channel gets the number
   */
  async delivered(number: string, isEchoed: boolean): Promise<void> {
    if (isEchoed) await this.#options.echoes.delivered(number)
    this.replaced(number)
  }

  /** Resolves with what a script has written, once this connection has delivered it. */
  async written(reply: unknown): Promise<Written<string>> {
    const { written, isEchoed } = outcomeOf(reply as Buffer)
    if (written.kind !== 'written') return written
    // Another relay may have written it: its change is on the way.
    await (written.repeated ? this.mark() : this.delivered(written.revision, isEchoed))
    return written
  }

  /**
   * Returns an error if the values are others than before, as a number or a term shows: then the
   * connection ends.
   */
  replaced(number: string): WildcastError | undefined {
    const { terms, failed } = this.#options
    try {
      terms.check(number.slice(0, termLength))
      return undefined
    } catch (cause) {
      return failed(cause)
    }
  }

  /** Resolves when everything that Redis has published so far has been delivered here. */
  async mark(): Promise<void> {
    const { echoes, failed } = this.#options
    await echoes.ask().catch((cause: unknown) => {
      throw failed(cause)
    })
  }
}
