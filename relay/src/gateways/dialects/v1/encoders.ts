import { type Codec, jsonCodec, limits, type RelayFrame } from '@wildcast/protocol'
import { msgpackCodec } from '@wildcast/protocol/msgpack'
import type { StreamEncoder } from '../../../core/outlet.js'
import { batchedFrame, deflatedFrame, joinBatches, joinFrames, wireFrame } from '../../connections/framing.js'
import { messageFrame } from '../message-frame.js'

/**
 * Writes what a relay sends in v1: messages and gaps for all readers of a subscription, and frames
 * for one client.
 */
export interface V1Encoder extends StreamEncoder {
  frame(frame: RelayFrame): Uint8Array
  /**
   * The same for clients that take batches of so many bytes. Absent if the connection has none.
   * Clients that take about the same share an encoder.
   */
  batched?(bytes: number): V1Encoder
}

/**
 * What is spoken by one subprotocol of v1, for clients that have agreed on compression and for
 * others.
 */
export interface V1Codec {
  readonly codec: Codec
  readonly encoders: { readonly plain: V1Encoder; readonly deflated: V1Encoder }
}

/** Less than so many bytes make no batch. */
const leastBatch = 1024

/** By subprotocol. */
export const v1Codecs: ReadonlyMap<string, V1Codec> = new Map(
  [jsonCodec, msgpackCodec].map((codec) => [
    codec.subprotocol as string,
    { codec, encoders: { plain: plainEncoder(codec), deflated: deflatedEncoder(codec) } },
  ]),
)

/** @param framed - what a connection carries as one message */
export function v1Encoder(codec: Codec, framed: (data: string | Uint8Array) => Uint8Array): V1Encoder {
  const frame = (said: RelayFrame): Uint8Array => framed(codec.encode(said))
  return {
    frame,
    message: (message, feed) => frame(messageFrame(message, feed)),
    gap: ({ id }, missed) => frame({ kind: 'Gap', id, missed }),
    overrun: 'gap',
    join: joinFrames,
  }
}

/**
 * Bytes of a message with several frames, if the client asks for so many. Undefined if it has only
 * one.
 */
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

/**
 * Each frame is compressed once for all its readers, so none of them is a part of another message.
 */
function deflatedEncoder(codec: Codec): V1Encoder {
  const deflated = v1Encoder(codec, deflatedFrame)
  return { ...deflated, batched: () => deflated }
}
