import type { RelayFrame } from '@wildcast/protocol'
import type { Encoder, Outlet } from '../core/outlet.js'
import { messageFrame } from '../gateways/dialects/message-frame.js'

/** Records the frames that it encodes; the bytes stand for a frame. */
export interface RecordingEncoder extends Encoder {
  readonly encoded: RelayFrame[]
  frameOf(bytes: Uint8Array): RelayFrame
}

export function recordingEncoder(): RecordingEncoder {
  const encoded: RelayFrame[] = []
  const frames = new Map<Uint8Array, RelayFrame>()
  const record = (frame: RelayFrame): Uint8Array => {
    const bytes = new Uint8Array(1)
    encoded.push(frame)
    frames.set(bytes, frame)
    return bytes
  }
  return {
    encoded,
    frameOf: (bytes) => frames.get(bytes) as RelayFrame,
    message: (message, feed) => record(messageFrame(message, feed)),
    gap: ({ id }, missed) => record(missed === undefined ? { kind: 'Gap', id } : { kind: 'Gap', id, missed }),
    overrun: 'gap',
  }
}

/** Records the frames that are delivered. */
export interface RecordingOutlet extends Outlet {
  readonly bytes: Uint8Array[]
  readonly frames: RelayFrame[]
}

export function recordingOutlet(encoder: RecordingEncoder = recordingEncoder()): RecordingOutlet {
  const bytes: Uint8Array[] = []
  const frames: RelayFrame[] = []
  return {
    encoder,
    bytes,
    frames,
    deliver(parcel) {
      if (!parcel.bytes) return
      bytes.push(parcel.bytes)
      frames.push(encoder.frameOf(parcel.bytes))
    },
    ended: ({ id }, { code, message }) => void frames.push({ kind: 'Unsubscribed', id, error: { code, message } }),
  }
}
