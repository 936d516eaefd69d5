import { parseSubject, type Subject } from '@wildcast/protocol'
import type { HistoryPage, HistoryPageRequest } from '../history-store.js'
import type { Hub } from '../hub.js'
import type { Soon } from '../store.js'
import { factsOfPayload, type HistoryFacts, laterFacts, payloadOfFacts } from './history-facts.js'
import { SubjectHistory } from './subject-history.js'

/** A history on a broker. */
export interface HistoryPlace {
  readonly broker: string
  readonly subject: Subject
}

/** The facts of a history after their declaration. */
export interface DeclaredFacts {
  readonly facts: HistoryFacts
  /** Withdraws them. Absent if they were known before. */
  readonly undo?: (() => Promise<void>) | undefined
}

/** Facts, and the revision of their value. */
interface ReadFacts {
  readonly facts: HistoryFacts | undefined
  readonly revision: string | null
}

/** Content type of a history that no writer has declared: that of what the SDK publishes. */
export const usualType = 'application/json'

/** Histories whose facts are kept here, too. */
const mostOwn = 1000

/** Attempts to write facts while other relays do the same. */
const mostTries = 10

/**
 * The histories of single subjects, with the declarations of their writers: these are the value of
 * a subject that clients can't write, so that all relays know them.
 */
export class SubjectHistories {
  readonly #hub: Hub
  /** The facts that this relay knows, also if their value could not be written. */
  readonly #own: Map<string, HistoryFacts> = new Map()
  /** The last write of each history that has writes in order. */
  readonly #last: Map<string, Promise<unknown>> = new Map()
  /** Pages that are being read. */
  readonly #pages: Map<string, Promise<HistoryPage>> = new Map()

  constructor(hub: Hub) {
    this.#hub = hub
  }

  /** @throws {WildcastError} `unsupported` if no message of the subject is kept */
  async open({ broker, subject }: HistoryPlace): Promise<SubjectHistory> {
    const store = this.#hub.history(broker, subject)
    const facts = await this.facts({ broker, subject })
    const page = (request: HistoryPageRequest): Soon<HistoryPage> =>
      this.#shared(`${broker} ${subject} ${JSON.stringify(request)}`, () => store.historyPage(subject, request))
    return new SubjectHistory({ subject, broker, store, type: facts?.type ?? usualType, page })
  }

  /** Returns the facts of a history; undefined if no writer has declared any. */
  async facts(of: HistoryPlace): Promise<HistoryFacts | undefined> {
    return (await this.#read(of)).facts
  }

  /**
   * Declares facts, unless others are known. Returns the present ones; `undo` if they are new.
   * @throws {WildcastError} `unsupported` if the broker keeps no values; as `ValueStore.write`
   */
  async declare(of: HistoryPlace, facts: HistoryFacts): Promise<DeclaredFacts> {
    for (;;) {
      const read = await this.#read(of)
      if (read.facts) return { facts: read.facts }
      const revision = await this.#write(of, payloadOfFacts(facts), read.revision)
      if (revision !== undefined) return { facts, undo: async () => void (await this.#write(of, '', revision)) }
    }
  }

  /** Adds facts to those of other relays. */
  async learn(of: HistoryPlace, facts: HistoryFacts): Promise<void> {
    const key = keyOf(of)
    this.#own.delete(key)
    this.#own.set(key, facts)
    if (this.#own.size > mostOwn) this.#own.delete(this.#own.keys().next().value ?? '')
    for (let tries = 0; tries < mostTries; tries++) {
      const read = await this.#read(of)
      if (await this.#write(of, payloadOfFacts(laterFacts(facts, read.facts)), read.revision)) return
    }
  }

  /** Runs a write of a history after those before it. */
  async inOrder<Result>(of: HistoryPlace, write: () => Promise<Result>): Promise<Result> {
    const key = keyOf(of)
    const earlier = this.#last.get(key)
    const done = earlier !== undefined ? earlier.then(write) : write()
    const last = done.catch(() => {}) // reported to its own caller
    this.#last.set(key, last)
    void last.then(() => this.#last.get(key) === last && this.#last.delete(key))
    return done
  }

  async #read(of: HistoryPlace): Promise<ReadFacts> {
    const own = this.#own.get(keyOf(of))
    if (!this.#hub.can(of.broker, 'retained')) return { facts: own, revision: null }
    const value = await this.#hub.values(of.broker).read(subjectOfFacts(of))
    const facts = value && factsOfPayload(value.payload)
    return { facts: facts ? laterFacts(facts, own) : own, revision: value?.revision ?? null }
  }

  /** Returns the new revision; undefined if the value has another one than `ifRevision`. */
  async #write(of: HistoryPlace, payload: string, ifRevision: string | null): Promise<string | undefined> {
    const message = { id: this.#hub.nextMessageId(), subject: subjectOfFacts(of), payload }
    const written = await this.#hub.write(of.broker, { message, ifRevision })
    return written.kind === 'written' ? written.revision : undefined
  }

  /** Readers that have received all read the same when the next message arrives. */
  #shared(key: string, read: () => Soon<HistoryPage>): Soon<HistoryPage> {
    const reading = this.#pages.get(key)
    if (reading !== undefined) return reading
    const page = read()
    if (!(page instanceof Promise)) return page
    this.#pages.set(key, page)
    const over = (): void => void this.#pages.delete(key)
    page.then(over, over)
    return page
  }
}

const keyOf = ({ broker, subject }: HistoryPlace): string => `${broker} ${subject}`

const subjectOfFacts = ({ subject }: HistoryPlace): Subject => parseSubject(`$history.${subject}`)
