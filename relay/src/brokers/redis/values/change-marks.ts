import { type ChangeMark, changeMarkOf, isPayloadOf } from './change-mark.js'

/**
 * Joins the marks and payloads of one subscription. They come in pairs, since a script publishes
 * both and the subscription to both channels begins and ends with one command. A mark whose payload
 * does not follow, for instance since Redis has refused the payload, is dropped.
 */
export class ChangeMarks {
  #pending: { readonly channel: string; readonly mark: ChangeMark } | undefined

  /** @param channel that of the payload */
  announced(channel: string, mark: Uint8Array): void {
    const parsed = changeMarkOf(mark)
    this.#pending = parsed && { channel, mark: parsed }
  }

  /** Takes the mark of a message. Returns undefined if the message is not a change of a value. */
  take(channel: string, payload: Uint8Array): ChangeMark['fields'] | undefined {
    const pending = this.#pending
    if (!pending) return undefined
    this.#pending = undefined
    return pending.channel === channel && isPayloadOf(pending.mark, payload) ? pending.mark.fields : undefined
  }
}
