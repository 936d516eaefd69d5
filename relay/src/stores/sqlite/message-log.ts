import { covers, isExact, matches, type Pattern, type Subject } from '@wildcast/protocol'
import type { HistoryRules } from '../../core/history-rules.js'
import type { HistoryPage, HistoryPageRequest, HistoryState } from '../../core/history-store.js'
import { justBefore, laterOf, noPosition } from '../../core/position.js'
import type { Database } from './database.js'
import { type KeptSubject, KeptSubjects } from './kept-subjects.js'
import { type FileMessage, type MessageToKeep, messageRowOf, sizeOfMessage } from './message-row.js'
import { type MessageContents, type MessageEntry, type MessageScope, MessageTable } from './message-table.js'
import type { Numbers } from './numbers.js'
import { pageOfMessages } from './page-of-messages.js'
import { RuleFloors } from './rule-floors.js'
import { settleRules } from './settle-rules.js'

/** The rule of imported messages, until a relay with rules opens the file. */
const unsettled = -1

/** The most messages that are forgotten in one transaction. */
const mostForgotten = 1000

/** Subjects past this number are not compared with a pattern to find out what was forgotten. */
const mostCompared = 5000

/** The messages in an open file. Methods that write run inside a transaction. */
export class MessageLog {
  readonly #rules: HistoryRules | undefined
  readonly #numbers: Numbers
  readonly #table: MessageTable
  readonly #subjects: KeptSubjects
  readonly #floors: RuleFloors
  #contents: MessageContents = { messages: 0, messageBytes: 0 }

  /** Without rules it only reads and imports messages, as a command does. */
  constructor(database: Database, numbers: Numbers, rules: HistoryRules | undefined) {
    this.#rules = rules
    this.#numbers = numbers
    this.#table = new MessageTable(database)
    this.#subjects = new KeptSubjects(database)
    this.#floors = new RuleFloors(database)
  }

  get contents(): MessageContents {
    return this.#contents
  }

  /** Applies the rules to what the file has, and counts it. */
  open(): void {
    const [rules, floors, subjects, table] = [this.#rules, this.#floors, this.#subjects, this.#table]
    if (rules) settleRules({ rules, floors, subjects, table, numbers: this.#numbers })
    this.#contents = table.count()
  }

  /** Whether the messages of a subject are kept. */
  keeps(subject: Subject): boolean {
    return this.#rules?.of(subject) !== undefined
  }

  /** Returns the bytes by which a message would make the file grow. */
  growth(message: Pick<MessageToKeep, 'subject' | 'payload' | 'headers'>): number {
    const replaced = this.#isFull(this.#subjects.get(message.subject))
      ? (this.#table.oldestOf(message.subject)?.bytes ?? 0)
      : 0
    return sizeOfMessage(message) - replaced
  }

  /** Keeps a message, in place of the oldest one of a subject that has its number. */
  add(message: MessageToKeep, position: string): void {
    const { subject } = message
    const before = this.#subjects.get(subject)
    const rule = before?.rule ?? this.#rules?.of(subject) ?? unsettled
    // An import may lack messages that the exported store had forgotten.
    const floor = this.#rules ? this.#floors.of(rule).forgotten : justBefore(position)
    const kept = { subject, rule, messages: (before?.messages ?? 0) + 1, forgotten: before?.forgotten ?? floor }
    this.#table.add(messageRowOf(message, position, rule))
    this.#count(1, sizeOfMessage(message))
    const oldest = this.#isFull(before) && this.#table.oldestOf(subject)
    if (oldest) this.#forget(oldest, kept)
    else this.#subjects.put(kept)
  }

  /** Forgets messages past their age. Returns whether there may be more. */
  forget(now: number): boolean {
    let left = mostForgotten
    for (const [i, { ageMs }] of this.#rules?.list.entries() ?? []) {
      if (ageMs === undefined || !this.#isDue(i, now - ageMs)) continue
      for (const entry of this.#table.oldestOfRule(i, left)) {
        if (entry.keptAt > now - ageMs) break
        this.#forget(entry, this.#subjects.get(entry.subject))
        left--
      }
      if (left === 0) return true
    }
    return false
  }

  /** Reads a page, in steps between which other work may run. */
  *page(pattern: Pattern, request: HistoryPageRequest): Generator<undefined, HistoryPage> {
    const page = yield* pageOfMessages(this.#table, this.#scopeOf(pattern), pattern, request)
    // In the step that has read the last messages: what comes later is not in this state.
    return { ...this.state(pattern), ...page }
  }

  /** Returns the state of a pattern. */
  state(pattern: Pattern): HistoryState {
    return { newest: this.#numbers.newest, forgotten: this.#forgotten(pattern) }
  }

  /** All messages, in the order of their positions. */
  all(): Iterable<FileMessage> {
    return this.#table.all()
  }

  /** Keeps what rules have forgotten, in the transaction of the changes. */
  save(): void {
    this.#floors.save()
  }

  /** Returns a function that restores what is in memory, if later changes are undone. */
  mark(): () => void {
    const contents = this.#contents
    const undo = this.#floors.mark()
    return () => {
      this.#contents = contents
      undo()
    }
  }

  #isFull(kept: KeptSubject | undefined): boolean {
    const most = kept && this.#rules?.list[kept.rule]?.messages
    return most !== undefined && kept !== undefined && kept.messages >= most
  }

  #isDue(rule: number, until: number): boolean {
    const [oldest] = this.#table.oldestOfRule(rule, 1)
    return oldest !== undefined && oldest.keptAt <= until
  }

  #forget({ position, subject, bytes }: MessageEntry, kept: KeptSubject | undefined): void {
    if (!kept) return
    const messages = kept.messages - 1
    this.#table.remove(position)
    this.#count(-1, -bytes)
    if (messages === 0) this.#subjects.remove(subject)
    else this.#subjects.put({ ...kept, messages, forgotten: position })
    this.#floors.raise(kept.rule, position, messages === 0)
  }

  #count(messages: number, bytes: number): void {
    const { messages: before, messageBytes } = this.#contents
    this.#contents = { messages: before + messages, messageBytes: messageBytes + bytes }
  }

  #scopeOf(pattern: Pattern): MessageScope {
    if (isExact(pattern)) return { subject: pattern }
    const [rule, another] = this.#rules?.touching(pattern) ?? []
    return rule !== undefined && another === undefined ? { rule } : 'all'
  }

  #forgotten(pattern: Pattern): string {
    if (isExact(pattern)) return this.#forgottenOf(pattern)
    let [found, newest, isExactly] = [noPosition, noPosition, true]
    for (const rule of this.#rules?.touching(pattern) ?? []) {
      const { forgotten, newestForgotten } = this.#floors.of(rule)
      const isWhole = covers(pattern, this.#rules?.list[rule]?.subjects ?? pattern)
      found = laterOf(found, isWhole ? newestForgotten : forgotten)
      newest = laterOf(newest, newestForgotten)
      isExactly &&= isWhole || forgotten === newestForgotten
    }
    if (isExactly || found === newest) return found
    const near = this.#subjects.near(pattern, mostCompared + 1)
    if (near.length > mostCompared) return newest
    return near
      .filter(({ subject }) => matches(pattern, subject))
      .reduce((one, { forgotten }) => laterOf(one, forgotten), found)
  }

  #forgottenOf(subject: Subject): string {
    const rule = this.#rules?.of(subject)
    return this.#subjects.get(subject)?.forgotten ?? (rule === undefined ? noPosition : this.#floors.of(rule).forgotten)
  }
}
