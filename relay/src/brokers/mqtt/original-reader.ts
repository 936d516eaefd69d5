import type { BrokerMessage } from '@wildcast/protocol'
import type { ExchangePorts } from './exchange.js'
import type { Contents } from './form.js'
import { besideIn, payloadIn } from './packet.js'
import type { Incoming } from './wire.js'

type ReaderPorts = Pick<ExchangePorts, 'form' | 'maxPayload' | 'dropped'>

/** A payload with the response subject that it may hold, and what the packet carries beside it. */
export interface OriginalContents extends Contents {
  readonly beside: Partial<BrokerMessage>
}

/**
 * Reads the payload of a packet; undefined, and counted as dropped, if it is too long or not of the
 * form.
 */
export function originalReader({
  form,
  maxPayload,
  dropped,
}: ReaderPorts): (packet: Incoming) => OriginalContents | undefined {
  return (packet) => {
    // To open an envelope takes far more memory than it has bytes.
    if (packet.payload.length > form.longest(maxPayload)) {
      dropped('too_large')
      return undefined
    }
    const beside = besideIn(packet)
    const read = beside && form.read(payloadIn(packet))
    if (!read) dropped(beside ? 'foreign_message' : 'foreign_headers')
    return read && { ...read, beside }
  }
}
