import type { BrokerMessage } from '@wildcast/protocol'

/** What only some dialects state about a message. Brokers that can't carry it leave it out. */
export type PublishFacts = Pick<BrokerMessage, 'beside' | 'qos' | 'expiresAt' | 'retain'>

/** Returns a message with the facts, and with the correlation data of the request it answers. */
export function withFacts(
  message: BrokerMessage,
  facts: PublishFacts | undefined,
  correlation: Uint8Array | undefined,
): BrokerMessage {
  if (!facts && !correlation) return message
  return { ...message, ...facts, ...(correlation && { beside: { ...facts?.beside, correlation } }) }
}
