/** Past so many the oldest is forgotten: its asker has given up long ago. */
const mostOpen = 10_000

/** The questions that servers on this connection were given and have not answered. */
export class Questions {
  readonly #open: Map<string, object> = new Map()

  /** A server was asked, and is to answer on `reply`. */
  asked(server: object, reply: string): void {
    this.#open.set(reply, server)
    const [oldest] = this.#open.keys()
    if (this.#open.size > mostOpen && oldest !== undefined) this.#open.delete(oldest)
  }

  answered(reply: string): void {
    this.#open.delete(reply)
  }

  /** Where those wait whom this server leaves without an answer. */
  left(server: object): string[] {
    const replies = [...this.#open].flatMap(([reply, asked]) => (asked === server ? [reply] : []))
    for (const reply of replies) this.#open.delete(reply)
    return replies
  }
}
