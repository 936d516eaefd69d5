/** The most bytes in one write to a reader that may be slow. */
export const mostAtOnce: number = 64 * 1024

/** Past this many bytes of waiting answers, the relay stops reading from the client. */
export const pausingAnswers: number = 64 * 1024

/** Limit of waiting answers, in bytes. They are never dropped: past it the client is cut off. */
export const mostAnswers: number = 8 * 1024 * 1024

/** How long a reader may take no byte before it is cut off. */
export const stuckMs: number = 10_000

/** Why a reader is cut off. */
export function tooMuch(bytes: number): string {
  return `more than ${bytes} bytes wait for this reader; read faster`
}
