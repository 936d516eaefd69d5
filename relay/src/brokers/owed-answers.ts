import { BoundedMap } from './bounded-map.js'

/** How many requests are remembered. The requesters of older ones have given up. */
const mostRemembered = 10_000

/** Notifies the requester that waits on `address` that the responder has left. */
export type Refuse<Responder, Address> = (address: Address, responder: Responder) => Promise<unknown>

/**
 * The answers that responders owe, by the subject or address on which each is awaited. When a
 * responder leaves, its pending requests are refused, and so are requests that reach it later.
 */
export class OwedAnswers<Responder extends object, Address extends string = string> {
  readonly #refuse: Refuse<Responder, Address>
  readonly #owing: BoundedMap<Address, Responder> = new BoundedMap(mostRemembered)
  readonly #left: WeakSet<Responder> = new WeakSet()

  constructor(refuse: Refuse<Responder, Address>) {
    this.#refuse = refuse
  }

  /**
   * Records a request. Returns whether to deliver it to the responder: if that has left, the
   * request is refused.
   * @param address the address of the answer; absent if the request wants none
   */
  ask(responder: Responder, address: Address | undefined): boolean {
    const left = this.#left.has(responder)
    if (address === undefined) return !left
    if (left) void this.#refused(address, responder)
    else this.#owing.set(address, responder)
    return !left
  }

  /** Records that a request has its final answer. */
  answered(address: Address): void {
    this.#owing.delete(address)
  }

  /**
   * Records that a responder leaves. Resolves when its pending requests have been refused, in their
   * order. Never rejects.
   */
  async leave(responder: Responder): Promise<void> {
    this.#left.add(responder)
    const refused: Promise<void>[] = []
    for (const [address, owing] of this.#owing)
      if (owing === responder) {
        this.#owing.delete(address)
        refused.push(this.#refused(address, responder))
      }
    await Promise.all(refused)
  }

  /** Records that each responder that owes an answer leaves. */
  async leaveAll(): Promise<void> {
    await Promise.all([...new Set(this.#owing.values())].map((responder) => this.leave(responder)))
  }

  async #refused(address: Address, responder: Responder): Promise<void> {
    try {
      await this.#refuse(address, responder)
    } catch {
      // The requester then waits until its timeout, as without a refusal.
    }
  }
}
