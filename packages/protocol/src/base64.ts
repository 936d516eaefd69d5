declare function atob(text: string): string
declare function btoa(binary: string): string

/** Arguments per call: engines accept some ten thousand at most. */
const unitsAtOnce = 8192

/** Encodes bytes as standard base64 with padding (RFC 4648, section 4). */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += unitsAtOnce)
    binary += String.fromCharCode.apply(null, bytes.subarray(at, at + unitsAtOnce) as unknown as number[])
  return btoa(binary)
}

/**
 * Decodes standard base64. Padding may be missing; white space is ignored.
 * @throws if the text is not base64
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  // Not `Uint8Array.from` with a function: it takes thirty times as long.
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at)
  return bytes
}
