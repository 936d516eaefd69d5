import type { Payload } from './message.js'

/**
 * What travels for a value: text and bytes as they are, nothing for `undefined`, JSON for the rest.
 * @throws {TypeError} for what JSON can't say
 */
export function toPayload(data: unknown): Payload {
  if (typeof data === 'string') return data
  if (data === undefined) return ''
  // Copies, since the caller may go on writing while it waits.
  if (data instanceof ArrayBuffer) return new Uint8Array(data).slice()
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice()
  const text: string | undefined = JSON.stringify(data)
  if (text === undefined) throw new TypeError(`send no ${typeof data}`)
  return text
}
