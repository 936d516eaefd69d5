import { refusal, WildcastError } from '@wildcast/protocol'
import type { Access } from './access/access.js'
import { type Action, allowed } from './access/grants.js'
import { interestOf, ownSubject } from './checks.js'
import { patternOfMembers } from './presence-subjects.js'

export interface SessionQuestionsPorts {
  /** The most questions that may be pending. */
  readonly most: number
  /** Whether a refusal names the rules. */
  readonly explain?: boolean | undefined
  /** See `interestOf`. */
  readonly quarantines?: boolean | undefined
  /** The permissions of the present identity. */
  readonly access: () => Access
  /** @throws {WildcastError} `unknown_broker` */
  readonly brokerOf: (asked: string | undefined) => string
}

/** The questions of a client about its permissions. */
export class SessionQuestions {
  readonly #ports: SessionQuestionsPorts
  /** The number of questions that the hook is deciding on. */
  #pending = 0

  constructor(ports: SessionQuestionsPorts) {
    this.#ports = ports
  }

  /**
   * Whether the client may do something now. `why` is absent unless the relay explains.
   * @throws {WildcastError} by rejection: `rate_limited` if too many are being decided
   */
  async can(kind: Action['kind'], subject: string, broker?: string): Promise<{ allowed: boolean; why?: string }> {
    const { most, explain, access } = this.#ports
    if (this.#pending >= most) throw refusal('rate_limited', `${most} questions are pending; wait for an answer`)
    this.#pending++
    try {
      const verdict = await access().decide(this.#actionOf(kind, subject, broker))
      if (verdict.allowed) return allowed
      return { allowed: false, ...(explain && { why: verdict.why }) }
    } catch (cause) {
      return { allowed: false, why: WildcastError.from(cause).message }
    } finally {
      this.#pending--
    }
  }

  #actionOf(kind: Action['kind'], subject: string, broker: string | undefined): Action {
    const { quarantines, brokerOf } = this.#ports
    const isPattern = kind === 'subscribe' || kind === 'presence'
    const parsed = isPattern ? interestOf({ subject }, quarantines).pattern : ownSubject(subject)
    return { kind, subject: patternOfMembers(parsed) ?? parsed, broker: brokerOf(broker) }
  }
}
