import type { Pattern, Subject } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'
import { type HistoryRule, HistoryRules } from '../../core/history-rules.js'
import type { HistoryPage, HistoryPageRequest, HistoryState, StoredMessage } from '../../core/history-store.js'
import { laterOf, noPosition } from '../../core/position.js'
import { type Deadline, type Deadlines, newDeadline } from './deadlines.js'
import { pageOfLogs } from './page-of-logs.js'
import { RuleLog } from './rule-log.js'

export interface MemoryHistoryPorts {
  readonly rules: readonly HistoryRule[]
  readonly clock: Pick<Clock, 'now'>
  readonly deadlines: Deadlines
  /** Called with the bytes of messages that were forgotten. */
  readonly freed: (bytes: number) => void
}

/** Keeps messages in memory, exactly as many and as long as their rules demand. */
export class MemoryHistory {
  readonly #ports: MemoryHistoryPorts
  readonly rules: HistoryRules
  readonly #logs: readonly RuleLog[]
  readonly #deadline: Deadline = newDeadline(() => this.#forget())

  constructor(ports: MemoryHistoryPorts) {
    this.#ports = ports
    this.rules = new HistoryRules(ports.rules)
    this.#logs = ports.rules.map((rule) => new RuleLog(rule))
  }

  /** Whether the messages of a subject are kept. */
  keeps(subject: Pattern): boolean {
    return this.rules.of(subject) !== undefined
  }

  /** Returns the bytes that a message of this size would need. */
  needs(subject: Subject, bytes: number): number {
    return this.#logs[this.rules.of(subject) as number]?.needs(subject, bytes) ?? 0
  }

  /** Keeps a message of this size. Returns the bytes that it needs: see `needs`. */
  add(message: StoredMessage, bytes: number): number {
    const log = this.#logs[this.rules.of(message.subject) as number]
    const now = this.#ports.clock.now()
    const needed = log?.add(message, bytes, now) ?? 0
    this.#forgetLater(now)
    return needed
  }

  page(pattern: Pattern, request: HistoryPageRequest, newest: string): HistoryPage {
    const logs = this.#touching(pattern)
    return pageOfLogs(
      logs.map((log) => log.source(pattern)),
      request,
      this.#stateOf(pattern, logs, newest),
    )
  }

  state(pattern: Pattern, newest: string): HistoryState {
    return this.#stateOf(pattern, this.#touching(pattern), newest)
  }

  #stateOf(pattern: Pattern, logs: readonly RuleLog[], newest: string): HistoryState {
    return { newest, forgotten: logs.map((log) => log.forgotten(pattern)).reduce(laterOf, noPosition) }
  }

  #touching(pattern: Pattern): readonly RuleLog[] {
    this.#forget()
    return this.rules.touching(pattern).map((i) => this.#logs[i] as RuleLog)
  }

  #forget(): void {
    const now = this.#ports.clock.now()
    const bytes = this.#logs.reduce((sum, log) => sum + log.forget(now), 0)
    if (bytes > 0) this.#ports.freed(bytes)
    this.#forgetLater(now)
  }

  #forgetLater(now: number): void {
    const due = Math.min(...this.#logs.map((log) => log.due ?? Number.POSITIVE_INFINITY))
    if (due === Number.POSITIVE_INFINITY) this.#ports.deadlines.delete(this.#deadline)
    else if (this.#deadline.place < 0 || this.#deadline.at !== due) this.#ports.deadlines.set(this.#deadline, due - now)
  }
}
