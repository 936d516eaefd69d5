import { covers, intersects, isExact, type Pattern, SubjectTree, WildcastError } from '@wildcast/protocol'

/** Which messages a broker keeps in its history, and how many of them. */
export interface HistoryRule {
  /** The subjects whose messages are kept. The first rule that matches a subject counts. */
  readonly subjects: Pattern
  /** The newest messages of each subject that are kept; on NATS, of all subjects of the rule. */
  readonly messages: number
  /** How long a message is kept, in milliseconds. @default no limit */
  readonly ageMs?: number | undefined
}

/** The limit of remembered subjects. */
const mostRemembered = 10_000

/** The rules of a history. The first one that matches a subject counts. */
export class HistoryRules {
  readonly list: readonly HistoryRule[]
  /**
   * Whether each rule is a history of its own, so that a reader of a pattern can't have the
   * messages of several rules in their order.
   */
  readonly areApart: boolean
  readonly #tree: SubjectTree<number> = new SubjectTree()
  /** The rules of recent subjects: their number, if no rule matches. */
  readonly #recent: Map<string, number> = new Map()

  constructor(rules: readonly HistoryRule[], { areApart = false }: { readonly areApart?: boolean } = {}) {
    this.list = rules
    this.areApart = areApart
    for (const [i, { subjects }] of rules.entries()) this.#tree.add(subjects, i)
  }

  /** Returns the index of the rule of a subject; undefined if its messages are not kept. */
  of(subject: Pattern): number | undefined {
    if (this.list.length === 0) return undefined
    let found = this.#recent.get(subject)
    if (found === undefined) {
      found = isExact(subject) ? Math.min(...this.#tree.match(subject), this.list.length) : this.list.length
      if (this.#recent.size >= mostRemembered) this.#recent.clear()
      this.#recent.set(subject, found)
    }
    return found < this.list.length ? found : undefined
  }

  /**
   * Whether a message that is published to a subject is kept.
   * @throws {WildcastError} `unsupported` if it is published to a pattern, of which messages are
   * kept: it would have no position, and clients that come back would miss it without a gap
   */
  keep(subject: Pattern): boolean {
    if (isExact(subject)) return this.of(subject) !== undefined
    const [first] = this.touching(subject)
    if (first === undefined) return false
    const kept = this.list[first]?.subjects
    const why = `messages of "${kept}" are kept: publish to one subject, not to "${subject}"`
    throw new WildcastError('unsupported', why)
  }

  /** Returns the indexes of the rules that keep messages of a pattern. */
  touching(pattern: Pattern): readonly number[] {
    return this.list.flatMap(({ subjects }, i) => (intersects(subjects, pattern) ? [i] : []))
  }

  /** Whether the messages of a pattern can be read: some are kept, and they have one order. */
  canRead(pattern: Pattern): boolean {
    const { length } = this.touching(pattern)
    return length === 1 || (length > 1 && !this.areApart)
  }

  /** Whether the messages of all subjects of a pattern are kept. */
  cover(pattern: Pattern): boolean {
    return this.list.some(({ subjects }) => covers(subjects, pattern))
  }
}
