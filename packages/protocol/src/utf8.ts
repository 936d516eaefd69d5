// Every runtime we serve has these two; naming them here keeps the DOM's and Node's types out of
// this package.
declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>
}
declare class TextDecoder {
  constructor(label: string, options: { fatal: boolean; ignoreBOM: boolean })
  decode(bytes: Uint8Array): string
}

const encoder = /* @__PURE__ */ new TextEncoder()
/**
 * Reads a payload's bytes as text, and throws a `TypeError` where they are none. A leading U+FEFF
 * stays: nothing of a payload is ever changed.
 */
export const strictUtf8: { decode(bytes: Uint8Array): string } = /* @__PURE__ */ new TextDecoder('utf-8', {
  fatal: true,
  ignoreBOM: true,
})

/** Bytes of a text. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text)
}

/** Text of bytes, or undefined where they are not valid UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes)
  } catch {
    return undefined
  }
}

/** Whether a text has no lone surrogate: only such a text survives the way through UTF-8. */
export function isWellFormed(text: string): boolean {
  // Of ES2024; without it, a megabyte takes ten times as long.
  return (text as { isWellFormed?(): boolean }).isWellFormed?.() ?? !/\p{Cs}/u.test(text)
}
