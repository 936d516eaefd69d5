import { WildcastError } from '@wildcast/protocol/client'
import { type Pattern, parsePattern } from '@wildcast/protocol/subjects'

/** A pattern with the names that its text has in place of each `*`. */
export interface SubjectTemplate {
  readonly pattern: Pattern
  /** The names in the order of the captures. Empty if the pattern has no `{name}`. */
  readonly names: readonly string[]
}

/**
 * Reads a pattern in which a segment `{name}` is a `*` with a name: `room.{room}.msg`.
 * @throws {WildcastError} `invalid_subject`, with the remedy.
 */
export function parseTemplate(text: string): SubjectTemplate {
  const names: string[] = []
  const segments = text.split('.').map((segment) => {
    const name = nameIn(segment, text)
    if (name === undefined) return segment
    if (name in {}) throw refuse(text, `every object has a "${name}" of its own; give the param "${name}" another name`)
    if (names.includes(name)) throw refuse(text, `it has the param "${name}" twice; use two names`)
    names.push(name)
    return '*'
  })
  const pattern = parsePattern(segments.join('.'))
  if (names.length > 0 && pattern.split('.').filter((segment) => segment[0] === '*').length > names.length)
    throw refuse(text, 'it has params and wildcards; write either names such as "{room}", or "*" and "**"')
  return { pattern, names }
}

/**
 * Returns the name of a segment that is a param: `room` of `{room}`.
 * @throws {WildcastError} `invalid_subject` if the segment has braces, but is no param
 */
export function nameIn(segment: string, text: string): string | undefined {
  const name = /^\{([A-Za-z_]\w*)\}$/.exec(segment)?.[1]
  if (name === undefined && /[{}]/.test(segment))
    throw refuse(text, 'a param stands alone between dots and has a name of letters, such as "{room}"')
  return name
}

function refuse(text: string, fault: string): WildcastError {
  return new WildcastError('invalid_subject', `${JSON.stringify(text)} is not a valid subject: ${fault}`)
}
