import type { RelayFrame } from '@wildcast/protocol'
import type { Encoder, Outlet } from '../core/outlet.js'

/** Counts how often it encodes; the bytes stand for the frame. */
export interface RecordingEncoder extends Encoder {
  readonly encoded: RelayFrame[]
  frameOf(bytes: Uint8Array): RelayFrame
}

export function recordingEncoder(): RecordingEncoder {
  const encoded: RelayFrame[] = []
  const frames = new Map<Uint8Array, RelayFrame>()
  return {
    encoded,
    frameOf: (bytes) => frames.get(bytes) as RelayFrame,
    encode(frame) {
      const bytes = new Uint8Array(1)
      encoded.push(frame)
      frames.set(bytes, frame)
      return bytes
    },
  }
}

/** Keeps what is delivered. */
export interface RecordingOutlet extends Outlet {
  readonly bytes: Uint8Array[]
  readonly frames: RelayFrame[]
}

export function recordingOutlet(encoder: RecordingEncoder = recordingEncoder()): RecordingOutlet {
  const bytes: Uint8Array[] = []
  return {
    encoder,
    bytes,
    get frames() {
      return bytes.map(encoder.frameOf)
    },
    deliver: (parcel) => bytes.push(parcel.bytes),
  }
}
