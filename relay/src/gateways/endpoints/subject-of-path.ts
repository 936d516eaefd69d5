import { WildcastError } from '@wildcast/protocol'

/**
 * The subject that a path names after its prefix, decoded once. A slash in it is left for the
 * subject's own check to refuse.
 * @throws {WildcastError} `invalid_subject` where the path is no percent-encoded UTF-8
 */
export function subjectOfPath(path: string, prefix: string): string {
  try {
    return decodeURIComponent(path).slice(prefix.length)
  } catch (cause) {
    throw new WildcastError('invalid_subject', 'the path is not percent-encoded UTF-8', { cause })
  }
}
