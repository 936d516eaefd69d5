/**
 * The messages that a client has sent with QoS 1 and 2, until they are acknowledged. Those with QoS
 * 2 outlive the connection, so that each is published once [MQTT-4.3.3-10].
 */
export class IncomingIds {
  /** QoS 2: from PUBLISH to PUBREL. */
  readonly #held: Set<number> = new Set()
  /** Of this connection: from PUBLISH to PUBACK, PUBCOMP or a refusing PUBREC. */
  readonly #unanswered: Set<number> = new Set()

  /** The messages for which the client awaits an answer, by its Receive Maximum. */
  get unanswered(): number {
    return this.#unanswered.size
  }

  /** A connection begins. */
  connect(): void {
    this.#unanswered.clear()
  }

  /** A PUBLISH has come. Returns whether it repeats one of QoS 2 that was published. */
  begin(id: number, qos: 1 | 2): boolean {
    this.#unanswered.add(id)
    if (qos === 1) return false
    const isRepeat = this.#held.has(id)
    this.#held.add(id)
    return isRepeat
  }

  /** A message is acknowledged for good, or refused: its id may be used again. */
  end(id: number): void {
    this.#unanswered.delete(id)
    this.#held.delete(id)
  }

  /** A PUBREL has come. Returns false if its id is unknown. */
  release(id: number): boolean {
    this.#unanswered.delete(id)
    return this.#held.delete(id)
  }
}
