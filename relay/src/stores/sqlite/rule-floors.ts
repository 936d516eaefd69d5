import { laterOf, noPosition } from '../../core/position.js'
import type { Database, Statement } from './database.js'

/** The numbers up to which a rule has forgotten messages. */
export interface Floors {
  /** Of subjects that have none left. */
  readonly forgotten: string
  /** Of all subjects. */
  readonly newestForgotten: string
}

/** A rule, as the file has it. */
export interface FileRule extends Floors {
  readonly subjects: string
}

type RuleRow = readonly [rule: number, subjects: string, forgotten: string, newestForgotten: string]

/**
 * The row that shows that a relay has had the file: messages may have been published that no rule
 * named.
 */
const seen = -1

const nothing: Floors = { forgotten: noPosition, newestForgotten: noPosition }

/** The table `rules`: the rules in their order, and what each has forgotten. */
export class RuleFloors {
  readonly #clear: Statement
  readonly #add: Statement
  readonly #save: Statement
  readonly #hasSeen: Statement
  #rules: readonly FileRule[]
  /** The rules that differ from the file. */
  readonly #changed: Set<number> = new Set()

  constructor(database: Database) {
    this.#clear = database.prepare('DELETE FROM rules')
    this.#add = database.prepare('INSERT INTO rules VALUES (?, ?, ?, ?)')
    this.#save = database.prepare('UPDATE rules SET forgotten = ?, newest_forgotten = ? WHERE rule = ?')
    this.#hasSeen = database.prepare('SELECT 1 FROM rules LIMIT 1')
    const rows = database.prepare('SELECT * FROM rules WHERE rule >= 0 ORDER BY rule').raw().all()
    this.#rules = (rows as readonly RuleRow[]).map(([, subjects, forgotten, newestForgotten]) => ({
      subjects,
      forgotten,
      newestForgotten,
    }))
  }

  get rules(): readonly FileRule[] {
    return this.#rules
  }

  /** Whether no relay has had the file. */
  get isNew(): boolean {
    return this.#hasSeen.get() === undefined
  }

  of(rule: number): Floors {
    return this.#rules[rule] ?? nothing
  }

  /** A message was forgotten; `isLast` if it was the last of its subject. */
  raise(rule: number, position: string, isLast: boolean): void {
    const found = this.#rules[rule]
    if (!found) return
    const forgotten = isLast ? laterOf(found.forgotten, position) : found.forgotten
    const next = { ...found, forgotten, newestForgotten: laterOf(found.newestForgotten, position) }
    this.#rules = this.#rules.with(rule, next)
    this.#changed.add(rule)
  }

  /** Replaces all rules, inside a transaction. */
  replace(rules: readonly FileRule[]): void {
    this.#clear.run()
    this.#add.run(seen, '', noPosition, noPosition)
    for (const [i, { subjects, forgotten, newestForgotten }] of rules.entries())
      this.#add.run(i, subjects, forgotten, newestForgotten)
    this.#rules = rules
    this.#changed.clear()
  }

  /** Keeps what has changed, in the transaction of the changes. */
  save(): void {
    for (const rule of this.#changed) {
      const { forgotten, newestForgotten } = this.of(rule)
      this.#save.run(forgotten, newestForgotten, rule)
    }
    this.#changed.clear()
  }

  /** Returns a function that takes back the changes from here on. */
  mark(): () => void {
    const rules = this.#rules
    return () => {
      this.#rules = rules
      this.#changed.clear()
    }
  }
}
