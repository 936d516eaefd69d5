import type { Pattern, Subject } from '@wildcast/protocol'
import type { CorrelatedAddress } from './answer-forms.js'
import { RecentMap } from './recent-map.js'
import { requestedSubject } from './requested.js'

/** A request that a session may answer. */
export interface AwaitedAnswer {
  /** The subject of the request. */
  readonly subject: Pattern
  /** The address that its response subject stands for. */
  readonly to?: CorrelatedAddress | undefined
  /** Whether a part of the answer was sent: then the last one may be empty. */
  hasParts: boolean
}

/** The least number of recent response subjects that a session may answer on. */
const remembered = 1000

/** The requests that a session has received, by their response subjects. */
export class AwaitedAnswers {
  /** Made when first needed. */
  #recent: RecentMap<AwaitedAnswer> | undefined
  /** Those with an address. Any publisher can make them, so they displace no others. */
  #addressed: RecentMap<AwaitedAnswer> | undefined

  add(responseSubject: Subject, subject: Pattern, to?: CorrelatedAddress): void {
    const awaited = { subject: requestedSubject(subject), to, hasParts: false }
    if (to) {
      this.#addressed ??= new RecentMap(remembered)
      this.#addressed.set(responseSubject, awaited)
    } else {
      this.#recent ??= new RecentMap(remembered)
      this.#recent.set(responseSubject, awaited)
    }
  }

  get(subject: string): AwaitedAnswer | undefined {
    return this.#recent?.get(subject) ?? this.#addressed?.get(subject)
  }
}
