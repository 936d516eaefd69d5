import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { isRefusal } from './failures.js'

/** A script that Redis runs atomically. */
export interface Script {
  readonly source: string
  /** The SHA-1 by which Redis caches it. */
  readonly digest: string
}

export function script(source: string): Script {
  return { source, digest: createHash('sha1').update(source).digest('hex') }
}

export type ScriptArgument = string | Buffer | number

interface Call {
  readonly script: Script
  readonly keys: readonly string[]
  readonly args: readonly ScriptArgument[]
  resolve(reply: unknown): void
  reject(cause: unknown): void
}

/**
 * Runs scripts on one client, in the order of the calls, even if the server has forgotten them
 * (`SCRIPT FLUSH`, a restart).
 */
export class Scripts {
  readonly #redis: Redis
  #inFlight = 0
  /** Calls that wait until those whose script the server did not have are done. */
  #held: Call[] | undefined

  constructor(redis: Redis) {
    this.#redis = redis
  }

  /** Caches scripts at the server. */
  async load(scripts: readonly Script[]): Promise<void> {
    await Promise.all(scripts.map(({ source }) => this.#redis.call('script', 'LOAD', source)))
  }

  run(script: Script, keys: readonly string[], args: readonly ScriptArgument[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const call: Call = { script, keys, args, resolve, reject }
      if (this.#held) this.#held.push(call)
      else this.#send(call)
    })
  }

  #send({ script, keys, args, resolve, reject }: Call): void {
    const evaluate = (command: string, which: string): Promise<unknown> =>
      this.#redis.callBuffer(command, which, keys.length, ...keys, ...args)
    this.#inFlight++
    const done = <Outcome>(settle: (outcome: Outcome) => void): ((outcome: Outcome) => void) => {
      return (outcome) => {
        settle(outcome)
        this.#release()
      }
    }
    evaluate('evalsha', script.digest).then(done(resolve), (cause) => {
      if (!isRefusal(cause, 'NOSCRIPT')) return done(reject)(cause)
      this.#held ??= []
      evaluate('eval', script.source).then(done(resolve), done(reject))
    })
  }

  #release(): void {
    this.#inFlight--
    if (this.#inFlight > 0 || !this.#held) return
    const held = this.#held
    this.#held = undefined
    for (const call of held) this.#send(call)
  }
}
