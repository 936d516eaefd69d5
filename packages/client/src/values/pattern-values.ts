import type { Message, MessageParams } from '../messages/message.js'

/**
 * The values of a pattern by subject. No value is replaced by an older one, except when the values
 * are sent again: their store may have lost the newer one, such as in a failover.
 */
export class PatternValues<Data = unknown, Wildcards extends MessageParams = readonly string[]> {
  readonly #values = new Map<string, Message<Data, Wildcards>>()
  #copy: ReadonlyMap<string, Message<Data, Wildcards>> | undefined
  /**
   * The revisions that were received since the values are sent, also those of deletions. Undefined
   * when all values were received.
   */
  #given: Map<string, string | undefined> | undefined = new Map()

  /** Whether values are missing. */
  get isLoading(): boolean {
    return this.#given !== undefined
  }

  /** A copy: another one after each change. */
  get values(): ReadonlyMap<string, Message<Data, Wildcards>> {
    this.#copy ??= new Map(this.#values)
    return this.#copy
  }

  get(subject: string): Message<Data, Wildcards> | undefined {
    return this.#values.get(subject)
  }

  /** The values are sent, possibly again. */
  begin(): void {
    this.#given = new Map()
  }

  /**
   * Takes a value or its end. Returns false if it is neither, or not newer than the present. A
   * value that is not `fit` can't be shown: it ends the one before.
   */
  take(message: Message<Data, Wildcards>, fit: boolean = true): boolean {
    const { subject, revision, deleted, left, retained } = message
    if (revision === undefined && !retained) return false
    const present = this.#values.get(subject)?.revision
    const newest = this.#given ? this.#given.get(subject) : present
    const isOld = revision !== undefined && newest !== undefined && revision <= newest
    this.#given?.set(subject, isOld ? newest : revision)
    if (isOld || (revision !== undefined && revision === present)) return false
    if (deleted || left || !fit) return this.#delete(subject)
    this.#copy = undefined
    this.#values.set(subject, message)
    return true
  }

  /** All values were sent: deletes the others. */
  end(): void {
    const given = this.#given
    this.#given = undefined
    if (given) for (const subject of this.#values.keys()) if (!given.has(subject)) this.#delete(subject)
  }

  #delete(subject: string): boolean {
    this.#copy = undefined
    return this.#values.delete(subject)
  }
}
