import { type Codec, jsonCodec, limits, type RelayFrame } from '@wildcast/protocol'
import { msgpackCodec } from '@wildcast/protocol/msgpack'
import type { StreamEncoder } from '../../../core/outlet.js'
import { batchedFrame, deflatedFrame, joinBatches, joinFrames, wireFrame } from '../../connections/framing.js'
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

/** The codec of a v1 subprotocol, with encoders for clients with and without compression. */
export interface V1Codec {
  readonly codec: Codec
  readonly encoders: { readonly plain: V1Encoder; readonly deflated: V1Encoder }
}

/** The smallest batch, in bytes. */
const leastBatch = 1024

/** The codecs by subprotocol. */
export const v1Codecs: ReadonlyMap<string, V1Codec> = new Map(
  [jsonCodec, msgpackCodec].map((codec) => [
    codec.subprotocol as string,
    { codec, encoders: { plain: plainEncoder(codec), deflated: deflatedEncoder(codec) } },
  ]),
)

/** @param framed - makes one message of a connection */
export function v1Encoder(codec: Codec, framed: (data: string | Uint8Array) => Uint8Array): V1Encoder {
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
    join: joinFrames,
  }
}

/** Returns the bytes of a batch for a client that asks for `asked`; undefined without batches. */
export function batchOf({ batched }: V1Encoder, asked: number | undefined): number | undefined {
  return asked !== undefined && batched ? Math.min(asked, limits.batchBytes) : undefined
}

function plainEncoder(codec: Codec): V1Encoder {
  const plain = v1Encoder(codec, wireFrame)
  const kind = codec === jsonCodec ? 'text' : 'binary'
  const bySize = new Map<number, V1Encoder>()
  for (let most = leastBatch; most <= limits.batchBytes; most *= 2)
    bySize.set(most, {
      ...v1Encoder(codec, batchedFrame),
      join: (frames, bytes) => joinBatches(frames, bytes, { kind, most }),
    })
  return { ...plain, batched: (bytes) => bySize.get(2 ** Math.floor(Math.log2(bytes))) ?? plain }
}

/** Each frame is compressed once for all its readers, so it can't be a part of a batch. */
function deflatedEncoder(codec: Codec): V1Encoder {
  const deflated = v1Encoder(codec, deflatedFrame)
  return { ...deflated, batched: () => deflated }
}
