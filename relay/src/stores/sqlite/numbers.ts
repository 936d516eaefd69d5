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
  readonly #newest: string | undefined
  /** The term of this opening, once there was a change. */
  #term: string | undefined
  #count = 0

  constructor(database: Database, start: TermStart) {
    this.#start = start
    this.#add = database.prepare('INSERT INTO terms (term, last) VALUES (?, 0)')
    this.#end = database.prepare('UPDATE terms SET last = ? WHERE term = ?')
    const row = database.prepare('SELECT max(term) FROM terms').raw().get() as readonly [string | null] | undefined
    this.#newest = row?.[0] ?? undefined
  }

  /** Returns the number of a change. */
  next(): string {
    if (this.#count === mostOfTerm) this.save()
    if (this.#term === undefined || this.#count === mostOfTerm) {
      this.#term = this.#begin(this.#term ?? this.#newest)
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
