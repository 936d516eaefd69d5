import { covers, isExact, matches, type Pattern, type Subject } from '@wildcast/protocol'
import type { HistoryRule } from '../../core/history-rules.js'
import type { StoredMessage } from '../../core/history-store.js'
import { laterOf, noPosition } from '../../core/position.js'
import { ForgettingList, firstAfter } from './forgetting-list.js'

/** A kept message. */
export interface LogEntry {
  readonly position: string
  /** Undefined once it is forgotten. */
  message: StoredMessage | undefined
  readonly bytes: number
  /** When it was kept, by the monotonic clock. */
  readonly at: number
}

/** The messages of one subject. */
interface SubjectLog {
  readonly entries: ForgettingList<LogEntry>
  /** The number up to which its messages were forgotten. */
  forgotten: string
}

/** Entries that a page reads, in order, and the test of those that it wants. */
export interface LogSource {
  readonly entries: readonly LogEntry[]
  fits(subject: Subject): boolean
}

/** Subjects past this number are not compared with a pattern to find out what was forgotten. */
const mostCompared = 5000

/** The messages that one rule keeps. */
export class RuleLog {
  readonly rule: HistoryRule
  readonly #all: ForgettingList<LogEntry> = new ForgettingList((entry) => entry.message === undefined)
  readonly #bySubject: Map<Subject, SubjectLog> = new Map()
  /** The number up to which messages were forgotten of subjects that have none left. */
  #forgotten = noPosition
  /** The same of all subjects. */
  #newestForgotten = noPosition

  constructor(rule: HistoryRule) {
    this.rule = rule
  }

  /** Returns the bytes that a message of this size would need: see `add`. */
  needs(subject: Subject, bytes: number): number {
    const entries = this.#bySubject.get(subject)?.entries
    return bytes - (entries && entries.size >= this.rule.messages ? (entries.first?.bytes ?? 0) : 0)
  }

  /**
   * Keeps a message, in place of the oldest one of a subject that has its number. Returns the bytes
   * that it needs.
   */
  add(message: StoredMessage, bytes: number, at: number): number {
    const { subject, position } = message
    const log = this.#bySubject.get(subject) ?? this.#begin(subject)
    const entry: LogEntry = { position, message, bytes, at }
    this.#all.add(entry)
    log.entries.add(entry)
    return bytes - (log.entries.size > this.rule.messages ? this.#forgetFirst(subject, log) : 0)
  }

  /** Forgets the messages that are older than the rule allows. Returns their bytes. */
  forget(now: number): number {
    const { ageMs } = this.rule
    let bytes = 0
    if (ageMs === undefined) return bytes
    for (let oldest = this.#all.first; oldest && now - oldest.at >= ageMs; oldest = this.#all.first) {
      const subject = (oldest.message as StoredMessage).subject
      bytes += this.#forgetFirst(subject, this.#bySubject.get(subject) as SubjectLog)
    }
    return bytes
  }

  /** When the next message is due to be forgotten, by the monotonic clock. */
  get due(): number | undefined {
    const { ageMs } = this.rule
    const oldest = ageMs === undefined ? undefined : this.#all.first
    return oldest && oldest.at + (ageMs as number)
  }

  /** Returns the entries among which those of a pattern are. */
  source(pattern: Pattern): LogSource {
    if (isExact(pattern)) return { entries: this.#bySubject.get(pattern)?.entries.items ?? [], fits: () => true }
    const fits = covers(pattern, this.rule.subjects)
      ? (): boolean => true
      : (subject: Subject): boolean => matches(pattern, subject)
    return { entries: this.#all.items, fits }
  }

  /** Returns the number up to which messages of a pattern were forgotten. */
  forgotten(pattern: Pattern): string {
    if (isExact(pattern)) return this.#bySubject.get(pattern)?.forgotten ?? this.#forgotten
    if (covers(pattern, this.rule.subjects) || this.#bySubject.size > mostCompared) return this.#newestForgotten
    let found = this.#forgotten
    for (const [subject, { forgotten }] of this.#bySubject)
      if (forgotten > found && matches(pattern, subject)) found = forgotten
    return found
  }

  #begin(subject: Subject): SubjectLog {
    const entries = new ForgettingList<LogEntry>((entry) => entry.message === undefined)
    const log = { entries, forgotten: this.#forgotten }
    this.#bySubject.set(subject, log)
    return log
  }

  #forgetFirst(subject: Subject, log: SubjectLog): number {
    const oldest = log.entries.first as LogEntry
    oldest.message = undefined
    log.entries.forgot()
    this.#all.forgot()
    log.forgotten = oldest.position
    this.#newestForgotten = laterOf(this.#newestForgotten, oldest.position)
    if (log.entries.size > 0) return oldest.bytes
    this.#bySubject.delete(subject)
    this.#forgotten = laterOf(this.#forgotten, log.forgotten)
    return oldest.bytes
  }
}

/** Returns the index of the first entry after a position. */
export function indexAfter(entries: readonly LogEntry[], position: string): number {
  return firstAfter(entries, (entry) => entry.position > position)
}
