/** Where an answer to a foreign question goes. */
export interface Address {
  readonly topic: string
  /** The asker wants it back. */
  readonly correlationData: Buffer | undefined
}

/** Questions that nobody answers are forgotten, the oldest first. */
const remembered = 10_000

/** Where answers go, by the subject that was handed out for each. */
export class Addresses {
  readonly #bySubject: Map<string, Address> = new Map()

  set(subject: string, address: Address): void {
    this.#bySubject.set(subject, address)
    if (this.#bySubject.size > remembered) this.#bySubject.delete(this.#bySubject.keys().next().value as string)
  }

  get(subject: string): Address | undefined {
    return this.#bySubject.get(subject)
  }

  delete(subject: string): void {
    this.#bySubject.delete(subject)
  }
}
