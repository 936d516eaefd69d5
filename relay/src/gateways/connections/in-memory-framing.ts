import { encodeUtf8, strictUtf8 } from '@wildcast/protocol'

/** Returns the bytes of a frame in text, with its own line: JSON has no line feed. */
export function lineFrame(text: string | Uint8Array): Uint8Array {
  return encodeUtf8(`${String(text)}\n`)
}

/** Joins frames, each with its own line. */
export function joinLines(frames: readonly Uint8Array[], bytes: number): Uint8Array {
  const [only] = frames
  if (only && frames.length === 1) return only
  const joined = new Uint8Array(bytes)
  let at = 0
  for (const frame of frames) {
    joined.set(frame, at)
    at += frame.length
  }
  return joined
}

/** Returns the lines of one or more frames. */
export function linesIn(bytes: Uint8Array): string[] {
  return strictUtf8.decode(bytes).split('\n').filter(Boolean)
}
