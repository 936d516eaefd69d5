import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { isRefusal } from './failures.js'

/** A script that runs inside Redis, whole or not at all. */
export interface Script {
  readonly source: string
  /** What Redis calls it once it knows it. */
  readonly digest: string
}

export function script(source: string): Script {
  return { source, digest: createHash('sha1').update(source).digest('hex') }
}

export type Word = string | Buffer | number

interface Run {
  readonly script: Script
  readonly keys: readonly string[]
  readonly words: readonly Word[]
  settle(reply: unknown): void
  fail(cause: unknown): void
}

/**
 * Runs scripts on one client, in the order in which it is asked to, also where the server has
 * forgotten them (`SCRIPT FLUSH`, a restart).
 */
export class Scripts {
  readonly #redis: Redis
  #underWay = 0
  /** What has to wait until those that the server did not know have run. */
  #held: Run[] | undefined

  constructor(redis: Redis) {
    this.#redis = redis
  }

  /** Makes them known. */
  async load(scripts: readonly Script[]): Promise<void> {
    await Promise.all(scripts.map(({ source }) => this.#redis.call('script', 'LOAD', source)))
  }

  run(script: Script, keys: readonly string[], words: readonly Word[]): Promise<unknown> {
    return new Promise((settle, fail) => {
      const run: Run = { script, keys, words, settle, fail }
      if (this.#held) this.#held.push(run)
      else this.#send(run)
    })
  }

  #send({ script, keys, words, settle, fail }: Run): void {
    const say = (command: string, which: string): Promise<unknown> =>
      this.#redis.callBuffer(command, which, keys.length, ...keys, ...words)
    this.#underWay++
    say('evalsha', script.digest)
      .catch((cause: unknown) => {
        if (!isRefusal(cause, 'NOSCRIPT')) throw cause
        this.#held ??= []
        return say('eval', script.source)
      })
      .then(settle, fail)
      .finally(() => {
        this.#underWay--
        this.#release()
      })
  }

  #release(): void {
    if (this.#underWay > 0 || !this.#held) return
    const held = this.#held
    this.#held = undefined
    for (const run of held) this.#send(run)
  }
}
