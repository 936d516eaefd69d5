import { type BrokerMessage, WildcastError } from '@wildcast/protocol'

/** Returns a refusal for a requester, in place of the answer. */
export function refusedAnswer({ id, from, subject, beside }: BrokerMessage, cause: unknown): BrokerMessage {
  const { code, message } = WildcastError.from(cause)
  return { id, from, subject, payload: '', error: { code, message }, ...(beside && { beside }) }
}
