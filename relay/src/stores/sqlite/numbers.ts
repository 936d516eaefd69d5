import { noPosition } from '../../core/position.js'
import { mostOfTerm, revisionOf, termAfter } from '../../core/revision.js'
import type { Database, Statement } from './database.js'

/** When a file is opened, for its next term. */
export interface TermStart {
  /** Milliseconds since 1970, by the clock of the store. */
  readonly now: number
  /** From 0 up to 1. */
  readonly random: number
}

/**
 * The numbers of a store's changes. Each opening begins a term with its first change. The file
 * keeps each term, and the count of its last change.
 */
export class Numbers {
  readonly #start: TermStart
  readonly #add: Statement
  readonly #end: Statement
  readonly #last: Statement
  /** The last term of earlier openings, and the last number. */
  readonly #before: { readonly term: string | undefined; readonly newest: string }
  /** The term of this opening, once there was a change. */
  #term: string | undefined
  #count = 0

  constructor(database: Database, start: TermStart) {
    this.#start = start
    this.#add = database.prepare('INSERT INTO terms (term, last) VALUES (?, 0)')
    this.#end = database.prepare('UPDATE terms SET last = ? WHERE term = ?')
    this.#last = database.prepare('SELECT last FROM terms WHERE term = ?').raw()
    const newest = database.prepare('SELECT term, last FROM terms ORDER BY term DESC LIMIT 1').raw()
    const [term, last = 0] = (newest.get() ?? []) as readonly [string?, number?]
    this.#before = { term, newest: term === undefined ? noPosition : revisionOf(term, last) }
  }

  /** The number of the last change. */
  get newest(): string {
    return this.#term === undefined ? this.#before.newest : revisionOf(this.#term, this.#count)
  }

  /** Whether a number is one of this file, or the one before all. */
  isKnown(number: string): boolean {
    if (number === noPosition) return true
    const [term, count = ''] = number.split('-')
    const found = this.#last.get(term) as readonly [number] | undefined
    return found !== undefined && Number.parseInt(count, 36) <= found[0]
  }

  /** Returns the number of a change. */
  next(): string {
    if (this.#count === mostOfTerm) this.save()
    if (this.#term === undefined || this.#count === mostOfTerm) {
      this.#term = this.#begin(this.#term ?? this.#before.term)
      this.#count = 0
    }
    return revisionOf(this.#term, ++this.#count)
  }

  /** Keeps the count of the last change, in the transaction of the changes. */
  save(): void {
    if (this.#term !== undefined) this.#end.run(this.#count, this.#term)
  }

  /** Returns a function that takes back the numbers from here on, if their changes are undone. */
  mark(): () => void {
    const [term, count] = [this.#term, this.#count]
    return () => {
      this.#term = term
      this.#count = count
    }
  }

  #begin(last: string | undefined): string {
    const term = termAfter(last, this.#start.now / 1000, this.#start.random)
    this.#add.run(term)
    return term
  }
}
