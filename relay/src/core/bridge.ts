import type { Pattern } from '@wildcast/protocol'

/**
 * Copies what is published on one broker to another, under the same subject. Payload and headers go
 * along; a reply address does not.
 */
export interface Bridge {
  readonly from: { readonly broker: string; readonly pattern: Pattern }
  readonly to: string
  /**
   * Shares the work with the same bridge of other relays: one of them copies each message. For
   * brokers whose groups see whatever is published; where a broker can't, every relay copies.
   */
  readonly group?: string | undefined
}
