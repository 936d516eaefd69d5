import path from 'node:path'
import { placeOfError } from '../place-of-error.js'

/** The prefix of a message about a thrown value: `hello.js:3: `, or nothing if no line is known. */
export function errorPrefix(cause: unknown): string {
  const place = placeOfError(cause)
  return place ? `${path.relative('', place.file)}:${place.line}: ` : ''
}
