import { type BrokerMessage, headerSize, payloadSize } from '@wildcast/protocol'

/** Whether clients may be sent a message. Headers and error count as in what clients publish. */
export function fitsClients(message: BrokerMessage, maxPayload: number): boolean {
  const { payload } = message
  const most = maxPayload - headerSize(message)
  return payload.length <= most && payloadSize(payload) <= most
}
