import type { Pattern, Subject } from '@wildcast/protocol'
import { RecentMap } from './recent-map.js'
import { requestedSubject } from './requested.js'

/** A request that a session may answer. */
export interface AwaitedAnswer {
  /** The subject of the request. */
  readonly subject: Pattern
  /** Whether a part of the answer was sent: then the last one may be empty. */
  hasParts: boolean
}

/** The least number of recent response subjects that a session may answer on. */
const remembered = 1000

/** The requests that a session has received, by their response subjects. */
export class AwaitedAnswers {
  /** Made when first needed. */
  #recent: RecentMap<AwaitedAnswer> | undefined

  add(responseSubject: Subject, subject: Pattern): void {
    this.#recent ??= new RecentMap(remembered)
    this.#recent.set(responseSubject, { subject: requestedSubject(subject), hasParts: false })
  }

  get(subject: string): AwaitedAnswer | undefined {
    return this.#recent?.get(subject)
  }
}
