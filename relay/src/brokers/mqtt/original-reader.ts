import type { BrokerMessage } from '@wildcast/protocol'
import type { ExchangePorts } from './exchange.js'
import type { Contents } from './form.js'
import { payloadIn, propertiesIn } from './packet.js'
import type { Incoming } from './wire.js'

type ReaderPorts = Pick<ExchangePorts, 'form' | 'maxPayload' | 'dropped'>

/** The content of a packet: payload, response subject and properties. */
export interface OriginalContents extends Contents {
  readonly properties: Partial<BrokerMessage>
}

/**
 * Returns a reader of packets. It returns undefined, and reports the packet as dropped, if that is
 * too long or not of the form.
 */
export function originalReader({
  form,
  maxPayload,
  dropped,
}: ReaderPorts): (packet: Incoming) => OriginalContents | undefined {
  return (packet) => {
    // Decoding an envelope takes far more memory than its size.
    if (packet.payload.length > form.longest(maxPayload)) {
      dropped('too_large')
      return undefined
    }
    const properties = propertiesIn(packet)
    // The deletion of a retained message has no form.
    const isDeletion = packet.retain && packet.payload.length === 0
    const read = properties && (isDeletion ? { payload: '' } : form.read(payloadIn(packet)))
    if (!read) dropped(properties ? 'foreign_message' : 'foreign_headers')
    return read && { ...read, properties }
  }
}
