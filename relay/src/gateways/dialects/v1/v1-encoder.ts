import { type Codec, limits, type RelayFrame } from '@wildcast/protocol'
import type { StreamEncoder } from '../../../core/outlet.js'
import { messageFrame } from '../message-frame.js'

/** Encodes frames of v1: messages and gaps for all subscribers, and other frames for one client. */
export interface V1Encoder extends StreamEncoder {
  frame(frame: RelayFrame): Uint8Array
  /**
   * Returns an encoder for batches of this many bytes. Absent if the connection has none. Clients
   * with similar limits share an encoder.
   */
  batched?(bytes: number): V1Encoder
}

/** How a connection carries frames. */
export interface FrameForm extends Pick<StreamEncoder, 'join'> {
  /** Makes one message of the connection. */
  framed(data: string | Uint8Array): Uint8Array
}

/** Encodes frames of v1 with a codec, for one kind of connection. */
export function v1Encoder(codec: Codec, { framed, join }: FrameForm): V1Encoder {
  const frame = (relayFrame: RelayFrame): Uint8Array => framed(codec.encode(relayFrame))
  return {
    frame,
    message: (message, feed) => frame(messageFrame(message, feed)),
    gap: ({ id }, missed, ref) => frame({ kind: 'Gap', id, missed, ref }),
    outage: ({ id }) => frame({ kind: 'Gap', id, open: true }),
    overrun: 'gap',
    values: {
      value: (message, { feed, ref }) => frame({ ...messageFrame(message, feed), ref, retained: true }),
      replayed: (message, { feed, ref }) => frame({ ...messageFrame(message, feed), ref, replayed: true }),
      synced: ({ feed, ref }) => frame({ kind: 'Synced', ref, id: feed.id }),
    },
    join,
  }
}

/** Returns the bytes of a batch for a client that asks for `asked`; undefined without batches. */
export function batchOf({ batched }: V1Encoder, asked: number | undefined): number | undefined {
  return asked !== undefined && batched ? Math.min(asked, limits.batchBytes) : undefined
}
