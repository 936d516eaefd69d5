import type { Headers } from './message.js'

/**
 * Writes headers as they stand in a frame: an object, in JSON and in MessagePack. The values of a
 * name that is repeated stand in an array, at the place where the name was first.
 */
export function toHeaderObject(headers: Headers): object {
  const object: Record<string, unknown> = Object.create(null)
  for (const [name, value] of headers) object[name] = name in object ? [object[name], value].flat() : value
  return object
}
