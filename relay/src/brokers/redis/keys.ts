import { isExact, type Pattern, type Subject } from '@wildcast/protocol'

/** What we keep at Redis, by its keys, and the channels that only relays speak on. */
export interface Keys {
  /** All groups: see `queue-scripts.ts`. */
  readonly registry: string
  /** How the keys of streams begin: the line of a group follows. */
  readonly streams: string
  /** How the channels begin that wake the members of a group: its line follows. */
  readonly wakes: string
  /** Who serves a subject. */
  lease(subject: Subject): string
  group(pattern: Pattern, group: string): GroupKeys
}

export interface GroupKeys {
  readonly registry: string
  /** Where the registry has it. */
  readonly field: string
  readonly line: string
  readonly stream: string
  readonly members: string
  readonly wake: string
}

/** The channels begin with "_": closed to clients, and passed over by their wildcards. */
export const closed = { wake: '_queue.', more: '_more.', error: '_error.', unawaited: '_unawaited.' } as const

export function redisKeys({ prefix, cluster }: { readonly prefix: string; readonly cluster: boolean }): Keys {
  // On a cluster the keys that one script looks at must lie together: braces say so.
  const root = `${prefix}${cluster ? '{wildcast}' : 'wildcast'}`
  const registry = `${root}:groups`
  const streams = `${root}:queue:`
  const wakes = `${prefix}${closed.wake}`
  return {
    registry,
    streams,
    wakes,
    lease: (subject) => `${root}:serve:${subject}`,
    group(pattern, group) {
      const line = `${pattern} ${group}`
      return {
        registry,
        field: isExact(pattern) ? pattern : '*',
        line,
        stream: `${streams}${line}`,
        members: `${root}:members:${line}`,
        wake: `${wakes}${line}`,
      }
    },
  }
}
