import { MqttFault } from './codec/fault.js'
import { reasons } from './codec/reasons.js'

/** The topic aliases that a client sets (MQTT 5, 3.3.2.3.4). */
export class ClientAliases {
  readonly #most: number
  readonly #topics: Map<number, string> = new Map()

  /** @param most - the server's Topic Alias Maximum */
  constructor(most: number) {
    this.#most = most
  }

  /**
   * Returns the topic of a PUBLISH.
   * @throws {MqttFault} `topicAliasInvalid`, or a protocol error
   */
  topicOf(topic: string, alias: number | undefined): string {
    if (alias === undefined) return topic
    if (alias > this.#most || alias === 0)
      throw new MqttFault(reasons.topicAliasInvalid, `topic aliases are 1 to ${this.#most}`)
    const known = topic === '' ? this.#topics.get(alias) : topic
    if (known === undefined) throw new MqttFault(reasons.protocolError, `the topic alias ${alias} was not set`)
    this.#topics.set(alias, known)
    return known
  }
}

/** More aliases for one client cost more memory than they save. */
const mostAliases = 64

/** The topic aliases that the server sets. */
export class ServerAliases {
  readonly #most: number
  readonly #aliases: Map<string, number> = new Map()

  /** @param most - the client's Topic Alias Maximum */
  constructor(most: number) {
    this.#most = Math.min(most, mostAliases)
  }

  /** Whether the client takes none. */
  get isNone(): boolean {
    return this.#most === 0
  }

  /** Returns the alias of a topic; undefined if it has none and may have none. */
  of(topic: string): { readonly alias: number; readonly isNew: boolean } | undefined {
    const known = this.#aliases.get(topic)
    if (known !== undefined) return { alias: known, isNew: false }
    if (this.#aliases.size >= this.#most) return undefined
    const alias = this.#aliases.size + 1
    this.#aliases.set(topic, alias)
    return { alias, isNew: true }
  }
}
