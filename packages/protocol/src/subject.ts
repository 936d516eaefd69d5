import type { WildcastError } from './errors.js'
import { limits } from './limits.js'
import { refusal } from './refusal.js'
import { isSubject } from './subject-form.js'
import { utf8Length } from './utf8-length.js'

/**
 * A checked, normalised subject pattern, such as `good.*`. Every subject is the pattern that
 * matches only itself.
 */
export type Pattern = string & { readonly [pattern]: true }

/** A checked subject without wildcards, such as `good.apple`. */
export type Subject = Pattern & { readonly [subject]: true }

declare const pattern: unique symbol
declare const subject: unique symbol

/** Shorter subjects have neither too many segments nor too many bytes. */
const longSubject = 256

/** Characters that no segment may have, or an empty segment. */
const invalidShort = /[\s\p{Cc}\p{Cs}*>#+/]|(^|\.)(\.|$)/u

const invalidLiteral = /[\s\p{Cc}\p{Cs}*>#+/]/u

/**
 * Checks a subject.
 * @throws {WildcastError} `invalid_subject`, with the remedy.
 * @example parseSubject('good.apple')
 */
export function parseSubject(text: string): Subject {
  checkSize(text)
  // One test for the common case; the exact fault is searched for only after it has failed.
  if (text.length < longSubject ? invalidShort.test(text) : !isSubject(text)) {
    const fault = text.split('.').map(faultOfSubjectSegment).find(Boolean)
    // Some subjects may be longer without a fault.
    if (fault !== undefined || !(isDerived(text) || isPresence(text))) throw refuse(text, fault ?? 'unknown fault')
  }
  return text as Subject
}

/**
 * Checks a pattern and returns its normal form, so that equal meanings are equal strings: `a.>`
 * becomes `a.*.**`, a final `#` becomes `**`, and in a row of wildcards every `*` comes before one
 * `**`.
 * @throws {WildcastError} `invalid_subject`, with the remedy.
 */
export function parsePattern(text: string): Pattern {
  checkSize(text)
  const raw = text.split('.')
  const segments: string[] = []
  let open = false // whether a `**` of the current row of wildcards is not written yet
  let multi = 0
  const close = (): void => {
    if (open) segments.push('**')
    open = false
  }
  raw.forEach((segment, i) => {
    const last = i === raw.length - 1
    if (segment === '*' || (last && segment === '>')) segments.push('*')
    if (segment === '**' || (last && (segment === '>' || segment === '#'))) {
      if (!open) multi++
      open = true
    } else if (segment !== '*') {
      close()
      const fault = faultOfPatternSegment(segment)
      if (fault) throw refuse(text, fault)
      segments.push(segment)
    }
  })
  close()
  if (multi > limits.multiWildcards) throw refuse(text, `it has more than ${limits.multiWildcards} "**"`)
  const normal = segments.join('.')
  checkSize(normal) // a final `>` has become longer
  return normal as Pattern
}

/** Whether a pattern has no wildcard, so that it is a subject. */
export function isExact(pattern: Pattern): pattern is Subject {
  return !pattern.includes('*')
}

/**
 * Whether a subject or pattern begins with a reserved name, which no leading wildcard matches:
 * `$…`, `_…`, `request.<ULID>` or `response.<ULID>`.
 */
export function isReserved(text: string): boolean {
  return isClosed(text) || isDerived(text)
}

/** Whether a subject or pattern begins with `$` or `_`: names of the system, closed to clients. */
export function isClosed(text: string): boolean {
  return text[0] === '$' || text[0] === '_'
}

/**
 * Whether a subject or pattern begins with `request.<ULID>` or `response.<ULID>`, as do the
 * subjects that a relay derives from the subject of a request.
 */
export function isDerived(text: string): boolean {
  return /^re(?:quest|sponse)\.[0-7][0-9A-HJKMNP-TV-Z]{25}(?:\.|$)/.test(text)
}

/** Whether a subject or pattern begins with `$presence`, as do the subjects of members. */
export function isPresence(text: string): boolean {
  return text.startsWith('$presence.')
}

function checkSize(text: string): void {
  if (text.length < longSubject) return
  const { bytes, segments } = mostOf(text)
  // A UTF-16 unit takes 3 bytes at most, so short texts need no count.
  if (text.length * 3 > bytes && utf8Length(text) > bytes) throw refuse(text, `it is longer than ${bytes} bytes`)
  if (text.length > segments && text.split('.').length > segments)
    throw refuse(text, `it has more than ${segments} segments`)
}

function mostOf(text: string): { readonly bytes: number; readonly segments: number } {
  const { subjectBytes: bytes, subjectSegments: segments } = limits
  if (isDerived(text)) return { bytes: bytes + limits.derivedBytes, segments: segments + limits.derivedSegments }
  if (isPresence(text)) return { bytes: bytes + limits.presenceBytes, segments: segments + limits.presenceSegments }
  return { bytes, segments }
}

function faultOfSubjectSegment(segment: string): string | undefined {
  if (segment === '') return 'it has an empty segment; put one or more characters between the dots'
  if (/[*>#]/.test(segment)) return 'it has a wildcard; name one subject'
  return faultOfPatternSegment(segment)
}

function faultOfPatternSegment(segment: string): string | undefined {
  if (segment === '') return 'it has an empty segment; put one or more characters between the dots'
  const found = invalidLiteral.exec(segment)?.[0]
  if (found === undefined) return undefined
  if (found === '*') return 'a wildcard must stand alone between dots: "*" is one segment, "**" any number'
  if (found === '>' || found === '#') return `"${found}" may stand only at the end, alone; use "**" elsewhere`
  if (found === '+') return 'use "*" for one segment, not "+"'
  if (found === '/') return 'segments are joined by ".", not "/"'
  if (/\p{Cs}/u.test(found)) return 'it is not well-formed Unicode'
  return 'it has white space or a control character'
}

function refuse(text: string, fault: string): WildcastError {
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
  return refusal('invalid_subject', `${shown} is not a valid subject: ${fault}`)
}
