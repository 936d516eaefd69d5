import type { MessageFrame, RelayFrame } from '@wildcast/protocol'
import type { Encoder, Outlet } from '../core/outlet.js'

/** A message as a client sees it, or that messages were lost, or that a subscription has ended. */
export type Heard = RelayFrame

/** Counts how often it encodes; the bytes stand for what was encoded. */
export interface RecordingEncoder extends Encoder {
  readonly encoded: Heard[]
  heardIn(bytes: Uint8Array): Heard
}

export function recordingEncoder(): RecordingEncoder {
  const encoded: Heard[] = []
  const heard = new Map<Uint8Array, Heard>()
  const record = (one: Heard): Uint8Array => {
    const bytes = new Uint8Array(1)
    encoded.push(one)
    heard.set(bytes, one)
    return bytes
  }
  return {
    encoded,
    heardIn: (bytes) => heard.get(bytes) as Heard,
    message({ subject, payload, responseSubject, headers }, { id, broker }) {
      const frame: MessageFrame = {
        kind: 'Message',
        id,
        subject,
        message: payload,
        broker,
        response_subject: responseSubject,
        headers,
      }
      return record(frame)
    },
    gap: ({ id }, missed) => record(missed === undefined ? { kind: 'Gap', id } : { kind: 'Gap', id, missed }),
    overrun: 'gap',
  }
}

/** Keeps what is delivered. */
export interface RecordingOutlet extends Outlet {
  readonly bytes: Uint8Array[]
  readonly frames: Heard[]
}

export function recordingOutlet(encoder: RecordingEncoder = recordingEncoder()): RecordingOutlet {
  const bytes: Uint8Array[] = []
  const frames: Heard[] = []
  return {
    encoder,
    bytes,
    frames,
    deliver(parcel) {
      if (!parcel.bytes) return
      bytes.push(parcel.bytes)
      frames.push(encoder.heardIn(parcel.bytes))
    },
    ended: ({ id }, { code, message }) => void frames.push({ kind: 'Unsubscribed', id, error: { code, message } }),
  }
}
