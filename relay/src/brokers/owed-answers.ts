import { BoundedMap } from './bounded-map.js'

/** The askers of older questions have given up long ago. */
const remembered = 10_000

/** The answers that servers owe, by the subject or address that each is awaited on. */
export class OwedAnswers<Server extends object, Address extends string = string> {
  readonly #owing: BoundedMap<Address, Server> = new BoundedMap(remembered)

  /** A server was asked, and is to answer on `address`. */
  asked(server: Server, address: Address): void {
    this.#owing.set(address, server)
  }

  answered(address: Address): void {
    this.#owing.delete(address)
  }

  /** Forgets what a server owes, and returns where those answers are awaited, in the order of the questions. */
  left(server: Server): readonly Address[] {
    const addresses = [...this.#owing].flatMap(([address, owing]) => (owing === server ? [address] : []))
    for (const address of addresses) this.#owing.delete(address)
    return addresses
  }

  /** The servers that owe an answer. */
  servers(): ReadonlySet<Server> {
    return new Set(this.#owing.values())
  }
}
