import { isExact, isReserved, type Pattern, parseSubject, type Subject, WildcastError } from '@wildcast/protocol'
import type { Interest } from '../../core/broker.js'
import type { Native } from '../foreign/driver.js'
import { foreignNames } from '../foreign/names.js'
import { type Glob, globText } from './glob.js'

/** What Redis is asked for. */
export type RedisNative = Native &
  (
    | { readonly kind: 'channel'; readonly subject: Subject }
    | { readonly kind: 'glob'; readonly glob: Glob }
    | { readonly kind: 'group'; readonly pattern: Pattern; readonly group: string }
    | { readonly kind: 'server'; readonly subject: Subject }
  )

/** The names of one Redis, behind its prefix. */
export interface RedisNames {
  channelOf(subject: Pattern): string
  /** The subject of a channel behind the prefix; undefined where it fits none. */
  subjectOf(channel: string): Subject | undefined
  /**
   * The narrowest glob that covers a pattern: with one star at most for each of its segments. What
   * would cost Redis too much for each message ends in a star instead.
   */
  globOf(pattern: Pattern): Glob
  /** @throws {WildcastError} `unsupported` where channels are sharded */
  nativeOf(interest: Interest): RedisNative
}

/** Redis, or what we keep there, decides who gets a message. */
const alone = { exact: true, single: true }

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
    if (serve) return { kind: 'server', key: `server ${subject}`, subject, ...alone, wildcard: true }
    const wildcard = !isExact(pattern)
    // What a group is called becomes part of lines and keys.
    if (group !== undefined)
      return { kind: 'group', key: `group ${pattern} ${parseSubject(group)}`, pattern, group, ...alone, wildcard }
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
 * The texts around the stars. Since a star crosses dots, the one of a `*` covers the `**` behind
 * it, too.
 */
function coverOf(pattern: Pattern): string[] {
  const literals = ['']
  let dot = ''
  const say = (text: string): void => {
    literals.push(literals.pop() + text)
  }
  const segments = pattern.split('.')
  segments.forEach((segment, i) => {
    if (segment === '**' && segments[i - 1] === '*') return
    // "a.**" also stands for "a": at the end the dot before it belongs to the star. Elsewhere the
    // dot behind it does.
    if (segment !== '**' || i < segments.length - 1) say(dot)
    if (segment[0] === '*') literals.push('')
    else say(plain.literal(segment))
    dot = segment === '**' ? '' : '.'
  })
  return literals
}

/** Redis compares what stands behind the first star with every place of a channel's name. */
const mostStars = 16
const mostBehindStar = 64

function bounded([first = '', ...others]: readonly string[]): string[] {
  let room = mostBehindStar
  const kept = others.findIndex((literal, i) => {
    room -= literal.length
    return i >= mostStars || room < 0
  })
  return kept < 0 ? [first, ...others] : [first, ...others.slice(0, kept), '']
}

/**
 * Ends with all its wildcards, as `a.*.**` does, and begins with none: its glob brings nothing
 * else.
 */
function isTail(pattern: Pattern): boolean {
  return /^[^*]+(?:\.\*)+\.\*\*$/.test(pattern)
}

/**
 * Whether our own patterns that begin with a wildcard are deaf to a name: see PROTOCOL.md, section
 * 3.
 */
export function isDeafTo(glob: Glob, prefix: string, name: string): boolean {
  return glob[0] === prefix && isReserved(name.slice(prefix.length))
}

function onlyExact(pattern: Pattern): WildcastError {
  return new WildcastError(
    'unsupported',
    `sharded channels have neither patterns nor groups nor servers, so "${pattern}" can't be asked for; leave out "sharded"`,
  )
}
