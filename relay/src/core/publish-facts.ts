import type { BrokerMessage } from '@wildcast/protocol'

/** Facts of a message that only some dialects know. Brokers that can't carry one leave it out. */
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
