import { type BrokerMessage, WildcastError } from '@wildcast/protocol'

/** Returns the answer that tells a requester why it gets no other. */
export function refusedAnswer({ id, from, subject }: BrokerMessage, cause: unknown): BrokerMessage {
  const { code, message } = WildcastError.from(cause)
  return { id, from, subject, payload: '', error: { code, message } }
}
