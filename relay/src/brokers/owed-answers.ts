import { BoundedMap } from './bounded-map.js'

/** The callers of older questions have given up long ago. */
const remembered = 10_000

/** Notifies the caller that waits on `address` that the server has left. */
export type Refuse<Server, Address> = (address: Address, server: Server) => Promise<unknown>

/**
 * The answers that servers owe, by the subject or address that each is awaited on. When a server
 * leaves, its callers are refused, and so are those whose questions were under way to it.
 */
export class OwedAnswers<Server extends object, Address extends string = string> {
  readonly #refuse: Refuse<Server, Address>
  readonly #owing: BoundedMap<Address, Server> = new BoundedMap(remembered)
  readonly #left: WeakSet<Server> = new WeakSet()

  constructor(refuse: Refuse<Server, Address>) {
    this.#refuse = refuse
  }

  /**
   * A question for a server has come. Returns whether the server is to be asked: if it has left,
   * the question is refused.
   * @param address where the answer is awaited; absent if nobody can be answered
   */
  ask(server: Server, address: Address | undefined): boolean {
    const left = this.#left.has(server)
    if (address === undefined) return !left
    if (left) void this.#refused(address, server)
    else this.#owing.set(address, server)
    return !left
  }

  /** A question has its final answer. */
  answered(address: Address): void {
    this.#owing.delete(address)
  }

  /**
   * A server leaves. Resolves when its callers have been refused, in the order of their questions.
   * Never rejects.
   */
  async leave(server: Server): Promise<void> {
    this.#left.add(server)
    const refused: Promise<void>[] = []
    for (const [address, owing] of this.#owing)
      if (owing === server) {
        this.#owing.delete(address)
        refused.push(this.#refused(address, server))
      }
    await Promise.all(refused)
  }

  /** The servers that owe an answer leave. */
  async leaveAll(): Promise<void> {
    await Promise.all([...new Set(this.#owing.values())].map((server) => this.leave(server)))
  }

  async #refused(address: Address, server: Server): Promise<void> {
    try {
      await this.#refuse(address, server)
    } catch {
      // The caller waits until its time is over, as it would have anyway.
    }
  }
}
