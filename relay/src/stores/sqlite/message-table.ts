import type { Subject } from '@wildcast/protocol'
import { noPosition } from '../../core/position.js'
import type { Database, Statement } from './database.js'
import { type FileMessage, fileMessageOf, type MessageRow, messageSizeColumn } from './message-row.js'

/** A kept message, without its content. */
export interface MessageEntry {
  readonly position: string
  readonly subject: Subject
  readonly bytes: number
  readonly keptAt: number
}

/** The messages among which a page searches. */
export type MessageScope = { readonly subject: Subject } | { readonly rule: number } | 'all'

/** Positions between which messages are searched. */
export interface PositionRange {
  readonly after: string
  readonly before: string
  readonly newestFirst: boolean
}

/** A message that a search has found. */
export interface FoundMessage {
  readonly position: string
  readonly subject: Subject
}

type Direction = 'ASC' | 'DESC'

/** How much a table of messages holds. */
export interface MessageContents {
  readonly messages: number
  readonly messageBytes: number
}

/** The table `messages`. */
export class MessageTable {
  readonly #insert: Statement
  readonly #remove: Statement
  readonly #removeUpTo: Statement
  readonly #move: Statement
  readonly #nth: Statement
  readonly #get: Statement
  readonly #oldestOfSubject: Statement
  readonly #oldestOfRule: Statement
  readonly #all: Statement
  readonly #sums: Statement
  readonly #searches: Readonly<Record<'subject' | 'rule' | 'all', Readonly<Record<Direction, Statement>>>>

  constructor(database: Database) {
    const prepare = (sql: string): Statement => database.prepare(sql).raw()
    const entry = `SELECT position, subject, ${messageSizeColumn}, kept_at FROM messages`
    this.#insert = database.prepare('INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
    this.#remove = database.prepare('DELETE FROM messages WHERE position = ?')
    this.#removeUpTo = database.prepare('DELETE FROM messages WHERE subject = ? AND position <= ?')
    this.#move = database.prepare('UPDATE messages SET rule = ? WHERE subject = ?')
    this.#nth = prepare('SELECT position FROM messages WHERE subject = ? ORDER BY position LIMIT 1 OFFSET ?')
    this.#get = prepare('SELECT * FROM messages WHERE position = ?')
    this.#oldestOfSubject = prepare(`${entry} WHERE subject = ? ORDER BY position LIMIT 1`)
    this.#oldestOfRule = prepare(`${entry} WHERE rule = ? ORDER BY position LIMIT ?`)
    this.#all = prepare('SELECT * FROM messages ORDER BY position')
    this.#sums = prepare(`SELECT count(*), coalesce(sum(${messageSizeColumn}), 0) FROM messages`)
    const search = (where: string, direction: Direction): Statement =>
      prepare(
        `SELECT position, subject FROM messages WHERE ${where} position > ? AND position < ?
         ORDER BY position ${direction} LIMIT ?`,
      )
    const both = (where: string) => ({ ASC: search(where, 'ASC'), DESC: search(where, 'DESC') })
    this.#searches = { subject: both('subject = ? AND'), rule: both('rule = ? AND'), all: both('') }
  }

  /** Counts what the table holds, which reads all of it. */
  count(): MessageContents {
    const [messages, messageBytes] = this.#sums.get() as readonly [number, number]
    return { messages, messageBytes }
  }

  add(row: MessageRow): void {
    this.#insert.run(...row)
  }

  remove(position: string): void {
    this.#remove.run(position)
  }

  /** Removes the oldest `count` messages of a subject. Returns the position of the last. */
  removeOldest(subject: Subject, count: number): string {
    const row = this.#nth.get(subject, count - 1) as readonly [string] | undefined
    const position = row?.[0] ?? noPosition
    this.#removeUpTo.run(subject, position)
    return position
  }

  /** Removes all messages of a subject. */
  removeAll(subject: Subject): void {
    this.#removeUpTo.run(subject, '~') // after all positions
  }

  /** Gives all messages of a subject to another rule. */
  move(subject: Subject, rule: number): void {
    this.#move.run(rule, subject)
  }

  get(position: string): FileMessage | undefined {
    const row = this.#get.get(position) as MessageRow | undefined
    return row && fileMessageOf(row)
  }

  oldestOf(subject: Subject): MessageEntry | undefined {
    const row = this.#oldestOfSubject.get(subject) as EntryRow | undefined
    return row && entryOf(row)
  }

  /** Returns the oldest messages of a rule. */
  oldestOfRule(rule: number, most: number): readonly MessageEntry[] {
    return (this.#oldestOfRule.all(rule, most) as readonly EntryRow[]).map(entryOf)
  }

  /** Returns the next messages of a range, in its direction. */
  search(scope: MessageScope, { after, before, newestFirst }: PositionRange, most: number): readonly FoundMessage[] {
    const direction = newestFirst ? 'DESC' : 'ASC'
    const [kind, given] =
      scope === 'all'
        ? (['all', []] as const)
        : 'rule' in scope
          ? (['rule', [scope.rule]] as const)
          : (['subject', [scope.subject]] as const)
    const rows = this.#searches[kind][direction].all(...given, after, before, most)
    return (rows as readonly (readonly [string, Subject])[]).map(([position, subject]) => ({ position, subject }))
  }

  /** All messages, in the order of their positions. */
  *all(): Iterable<FileMessage> {
    for (const row of this.#all.iterate()) yield fileMessageOf(row as MessageRow)
  }
}

type EntryRow = readonly [position: string, subject: Subject, bytes: number, keptAt: number]

function entryOf([position, subject, bytes, keptAt]: EntryRow): MessageEntry {
  return { position, subject, bytes, keptAt }
}
