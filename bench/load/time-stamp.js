// A payload begins with the time when it was sent, in microseconds of this process, so that a
// reader of the bytes can compute its age.
const text = '@T='
const digits = 16

/** The shortest payload. */
export const shortest = text.length + digits

/** @param {number} size Bytes of a payload. @returns {import('./marker-reader.js').Mark} */
export const timeStamps = (size) => ({ text: Buffer.from(text), length: shortest, apart: size })

export const nowUs = () => Math.round(performance.now() * 1000)

/**
 * @param {number} size Bytes.
 * @returns {() => string} Returns payloads of this size, each with its time of creation.
 */
export function payloads(size) {
  const filler = 'x'.repeat(size - shortest)
  return () => stamped(nowUs()) + filler
}

const stamped = (timeUs) => `${text}${String(timeUs).padStart(digits, '0')}`

/** The age of the time stamp whose digits begin at `at`. */
export function ageUs(bytes, at) {
  let sent = 0
  for (let i = at; i < at + digits; i++) sent = sent * 10 + bytes[i] - 48
  return nowUs() - sent
}
