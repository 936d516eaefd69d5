import type { Subject } from '@wildcast/protocol'
import { nameOfMember } from '../presence-subjects.js'

/** Counts the members that values of presence stand for: a user once for each subject it is in. */
export class MemberTally {
  /** The number of clients by member. */
  readonly #clients: Map<string, number> = new Map()

  /** The number of members. */
  get size(): number {
    return this.#clients.size
  }

  /** A client has entered. */
  add(subject: Subject): void {
    const name = nameOfMember(subject)
    this.#clients.set(name, (this.#clients.get(name) ?? 0) + 1)
  }

  /** A client has left. */
  remove(subject: Subject): void {
    const name = nameOfMember(subject)
    const rest = (this.#clients.get(name) ?? 0) - 1
    if (rest > 0) this.#clients.set(name, rest)
    else this.#clients.delete(name)
  }
}
