import { type Codec, jsonCodec, limits } from '@wildcast/protocol'
import { msgpackCodec } from '@wildcast/protocol/msgpack'
import { batchedFrame, deflatedFrame, joinBatches, joinFrames, wireFrame } from '../../connections/framing.js'
import { type V1Encoder, v1Encoder } from './v1-encoder.js'

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

function plainEncoder(codec: Codec): V1Encoder {
  const plain = v1Encoder(codec, { framed: wireFrame, join: joinFrames })
  const kind = codec === jsonCodec ? 'text' : 'binary'
  const bySize = new Map<number, V1Encoder>()
  for (let most = leastBatch; most <= limits.batchBytes; most *= 2)
    bySize.set(
      most,
      v1Encoder(codec, {
        framed: batchedFrame,
        join: (frames, bytes) => joinBatches(frames, bytes, { kind, most }),
      }),
    )
  return { ...plain, batched: (bytes) => bySize.get(2 ** Math.floor(Math.log2(bytes))) ?? plain }
}

/** Each frame is compressed once for all its readers, so it can't be a part of a batch. */
function deflatedEncoder(codec: Codec): V1Encoder {
  const deflated = v1Encoder(codec, { framed: deflatedFrame, join: joinFrames })
  return { ...deflated, batched: () => deflated }
}
