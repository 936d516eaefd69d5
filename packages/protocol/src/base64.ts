declare function btoa(binary: string): string

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const noDigit = 64

/** The value of each character, or `noDigit`. */
const digits: Uint8Array = /* @__PURE__ */ Uint8Array.from({ length: 128 }, (_, unit) => {
  const digit = alphabet.indexOf(String.fromCharCode(unit))
  return digit < 0 ? noDigit : digit
})

/** Arguments of one call: engines take some ten thousand at most. */
const unitsAtOnce = 8192

/** Bytes → standard base64 with padding (RFC 4648, section 4). */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += unitsAtOnce)
    binary += String.fromCharCode.apply(null, bytes.subarray(at, at + unitsAtOnce) as unknown as number[])
  return btoa(binary)
}

/**
 * Standard base64 → bytes; padding may be left out, and white space may stand between. Written by
 * hand: Node's `atob` takes 0.1 s for a megabyte.
 * @throws {RangeError} if the text is not base64
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const written = text.replace(/[\t\n\f\r ]+/g, '')
  const length = written.length % 4 === 0 ? written.replace(/={1,2}$/, '').length : written.length
  const bytes = new Uint8Array(Math.floor((length * 3) / 4))
  let valid = length % 4 !== 1
  for (let from = 0, to = 0; from < length; from += 4, to += 3) {
    const quantum =
      (digitAt(written, from) << 18) |
      (digitAt(written, from + 1) << 12) |
      (from + 2 < length ? digitAt(written, from + 2) << 6 : 0) |
      (from + 3 < length ? digitAt(written, from + 3) : 0)
    if (quantum < 0) valid = false
    bytes[to] = quantum >> 16
    bytes[to + 1] = quantum >> 8 // past the end this does nothing
    bytes[to + 2] = quantum
  }
  if (!valid) throw new RangeError('the text is not base64 (RFC 4648, section 4)')
  return bytes
}

/** Negative, whatever it is combined with, if there is no digit. */
function digitAt(text: string, at: number): number {
  const digit = digits[text.charCodeAt(at)] ?? noDigit
  return digit === noDigit ? -1 : digit
}
