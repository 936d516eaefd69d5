import { isExact, isReserved, type Pattern, parseSubject, type Subject, WildcastError } from '@wildcast/protocol'
import type { Interest } from '../../core/broker.js'
import { foreignNames } from '../../names/foreign-names.js'
import type { Native } from '../foreign/driver.js'
import { type Glob, globText } from './glob.js'

/** A subscription in the terms of Redis. */
export type RedisNative = Native &
  (
    | { readonly kind: 'channel'; readonly subject: Subject }
    | { readonly kind: 'glob'; readonly glob: Glob }
    | { readonly kind: 'group'; readonly pattern: Pattern; readonly group: string }
    | { readonly kind: 'server'; readonly subject: Subject }
  )

/** Translates between subjects and the names at one Redis, which begin with its prefix. */
export interface RedisNames {
  channelOf(subject: Pattern): string
  /** Undefined if the channel, without its prefix, is no valid subject. */
  subjectOf(channel: string): Subject | undefined
  /**
   * The narrowest glob that covers a pattern, with at most one star for each of its segments. A
   * glob that would cost Redis too much for each message is cut short with a star.
   */
  globOf(pattern: Pattern): Glob
  /** @throws {WildcastError} `unsupported` if channels are sharded and the interest isn't plain */
  nativeOf(interest: Interest): RedisNative
}

/** Redis selects the one receiver of a message, so nothing is left to match here. */
const single = { exact: true, single: true }

const plain = foreignNames({ separator: '.', escaped: '/+#*> ' })

export function redisNames({ prefix, sharded }: { readonly prefix: string; readonly sharded: boolean }): RedisNames {
  const channelOf = (subject: Pattern): string => prefix + plain.nameOf(subject as Subject)

  function globOf(pattern: Pattern): Glob {
    const [first = '', ...others] = bounded(coverOf(pattern))
    return [prefix + first, ...others]
  }

  function nativeOf({ pattern, group, serve }: Interest): RedisNative {
    if (sharded && (serve || group !== undefined || !isExact(pattern))) throw onlyExact(pattern)
    const subject = pattern as Subject
    if (serve) return { kind: 'server', key: `server ${subject}`, subject, ...single, wildcard: true }
    const wildcard = !isExact(pattern)
    // Parses the group's name, which becomes part of registry lines and keys.
    if (group !== undefined)
      return { kind: 'group', key: `group ${pattern} ${parseSubject(group)}`, pattern, group, ...single, wildcard }
    if (!wildcard) return { kind: 'channel', key: `channel ${subject}`, subject, exact: true, wildcard, single: false }
    const glob = globOf(pattern)
    const exact = isTail(pattern) && glob.length === coverOf(pattern).length
    return { kind: 'glob', key: `glob ${globText(glob)}`, glob, exact, wildcard, single: false }
  }

  return {
    channelOf,
    subjectOf: (channel) => plain.subjectOf(channel.slice(prefix.length)),
    globOf,
    nativeOf,
  }
}

/**
 * The literals around the stars. A star matches across dots: that of a `*` covers a `**` after it.
 */
function coverOf(pattern: Pattern): string[] {
  const literals = ['']
  let dot = ''
  const append = (text: string): void => {
    literals.push(literals.pop() + text)
  }
  const segments = pattern.split('.')
  segments.forEach((segment, i) => {
    if (segment === '**' && segments[i - 1] === '*') return
    // "a.**" also matches "a": at the end a star replaces the dot before it. Elsewhere it replaces
    // the dot after it.
    if (segment !== '**' || i < segments.length - 1) append(dot)
    if (segment[0] === '*') literals.push('')
    else append(plain.literal(segment))
    dot = segment === '**' ? '' : '.'
  })
  return literals
}

/** Redis compares the literals after the first star with every position of a channel's name. */
const mostStars = 16
const mostAfterStar = 64

function bounded([first = '', ...others]: readonly string[]): string[] {
  let room = mostAfterStar
  const kept = others.findIndex((literal, i) => {
    room -= literal.length
    return i >= mostStars || room < 0
  })
  return kept < 0 ? [first, ...others] : [first, ...others.slice(0, kept), '']
}

/**
 * Whether all wildcards are at the end, as in `a.*.**`, and none at the start: then the glob
 * matches nothing else.
 */
function isTail(pattern: Pattern): boolean {
  return /^[^*]+(?:\.\*)+\.\*\*$/.test(pattern)
}

/**
 * Whether a glob must ignore a reserved name, because its pattern begins with a wildcard: see
 * PROTOCOL.md, section 3.
 */
export function skipsReserved(glob: Glob, prefix: string, name: string): boolean {
  return glob[0] === prefix && isReserved(name.slice(prefix.length))
}

function onlyExact(pattern: Pattern): WildcastError {
  return new WildcastError(
    'unsupported',
    `sharded channels have no patterns, groups or servers, so "${pattern}" can't be subscribed; leave out "sharded"`,
  )
}
