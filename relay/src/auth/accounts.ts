import { createHash } from 'node:crypto'
import { refusal } from '@wildcast/protocol'
import type { Clock } from '../core/clock.js'
import { unauthorized } from './refusals.js'
import { hasHash } from './scrypt.js'

/** Someone who has a secret of their own: a user with a password, or a program with a key. */
export interface Account {
  readonly name: string
  /** The hash of the secret, see `scrypt.ts`. */
  readonly hash: string
  readonly role: string
  readonly namespace?: string | undefined
}

/** Secrets that are checked at once. A check costs some 50 ms of one of four threads. */
const mostChecks = 2

/** Checks that wait. Past the limit clients are asked to come back. */
const mostWaiting = 64

/** How long a secret that was right is not checked again, in milliseconds. */
const rememberedMs = 60_000

/** A hash that no secret has, so that an unknown name takes as long as a wrong secret. */
const nobodysHash = `$scrypt$ln=14,r=8,p=5$${'A'.repeat(22)}$${'A'.repeat(43)}`

/** The accounts of a configuration. */
export class Accounts {
  readonly #accounts: ReadonlyMap<string, Account>
  readonly #clock: Clock
  /** When secrets were right, by their digests: a client of plain HTTP sends one each time. */
  readonly #right: Map<string, number> = new Map()
  readonly #waiting: (() => void)[] = []
  #checks = 0

  constructor(accounts: readonly Account[], clock: Clock) {
    this.#accounts = new Map(accounts.map((account) => [account.name, account]))
    this.#clock = clock
  }

  /**
   * The account whose secret it is.
   * @throws {WildcastError} by rejection: `unauthorized`, whether the name or the secret is wrong;
   * `rate_limited` if too many secrets are being checked
   */
  async check(name: string, secret: string): Promise<Account> {
    const account = this.#accounts.get(name)
    const digest = createHash('sha256').update(`${name}\0${secret}`).digest('base64')
    if (account && this.#isRemembered(digest)) return account
    const isRight = await this.#inTurn(() => hasHash(secret, account?.hash ?? nobodysHash))
    if (!account || !isRight) throw unauthorized('the name or the secret is wrong')
    this.#remember(digest)
    return account
  }

  #isRemembered(digest: string): boolean {
    const at = this.#right.get(digest)
    return at !== undefined && this.#clock.now() - at < rememberedMs
  }

  #remember(digest: string): void {
    // There are no more digests than accounts.
    if (this.#right.size >= 2 * this.#accounts.size) this.#right.clear()
    this.#right.set(digest, this.#clock.now())
  }

  async #inTurn(check: () => Promise<boolean>): Promise<boolean> {
    if (this.#checks >= mostChecks) {
      if (this.#waiting.length >= mostWaiting)
        throw refusal('rate_limited', 'too many clients sign in at once; try again later', { retryInMs: 1000 })
      await new Promise<void>((resume) => this.#waiting.push(resume))
    }
    this.#checks++
    try {
      return await check()
    } finally {
      this.#checks--
      this.#waiting.shift()?.()
    }
  }
}
