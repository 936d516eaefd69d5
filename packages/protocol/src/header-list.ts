import type { Headers } from './message.js'

/**
 * Converts headers to their form in a frame: an object, in JSON and in MessagePack. The values of a
 * repeated name are an array at the position of the first one.
 */
export function toHeaderObject(headers: Headers): object {
  const object: Record<string, unknown> = Object.create(null)
  for (const [name, value] of headers) object[name] = name in object ? [object[name], value].flat() : value
  return object
}
