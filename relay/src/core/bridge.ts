import type { Pattern } from '@wildcast/protocol'

/**
 * Copies what is published on one broker to another, under the same subject, with payload and
 * headers but without the reply address.
 */
export interface Bridge {
  readonly from: { readonly broker: string; readonly pattern: Pattern }
  readonly to: string
  /**
   * Shares the work with the same bridge of other relays: one of them copies each message. It needs
   * a broker whose groups receive every publish; on other brokers, every relay copies.
   */
  readonly group?: string | undefined
}
