import type { EntryOptions } from '../definition.js'

/** The payload of a message in both forms. */
export interface PayloadSource {
  /** @throws {TypeError} if it isn't UTF-8 */
  text(): string
  readonly bytes: Uint8Array
}

/**
 * Reads a payload by the codec of its entry. Without a codec: JSON if it can be parsed, else text,
 * else bytes; an empty payload is `undefined`, also for the codec `json`.
 * @throws {TypeError} if it isn't UTF-8
 * @throws {SyntaxError} if the codec is `json`, and it isn't JSON
 */
export function decodePayload(codec: EntryOptions['codec'], source: PayloadSource): unknown {
  if (codec === 'bytes') return source.bytes
  if (codec === 'text') return source.text()
  if (codec === 'json') return parse(source.text())
  let data: unknown = source.bytes
  try {
    data = source.text()
    return parse(data as string)
  } catch {
    return data
  }
}

function parse(text: string): unknown {
  return text === '' ? undefined : JSON.parse(text)
}
