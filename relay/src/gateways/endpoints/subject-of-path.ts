import { WildcastError } from '@wildcast/protocol'

/**
 * Returns the subject after a path's prefix, decoded once. A decoded slash is left to the subject's
 * own check.
 * @throws {WildcastError} `invalid_subject` if the path is not percent-encoded UTF-8
 */
export function subjectOfPath(path: string, prefix: string): string {
  try {
    return decodeURIComponent(path).slice(prefix.length)
  } catch (cause) {
    throw new WildcastError('invalid_subject', 'the path is not percent-encoded UTF-8', { cause })
  }
}
