import { isExact, type Pattern, type Subject } from '@wildcast/protocol'

/** The keys that relays store at Redis, and the channels that only relays use. */
export interface Keys {
  /** The hash with all groups: see `luaLines`. */
  readonly registry: string
  /** The hash with all values, whose name other keys of values begin with: see `values/`. */
  readonly values: string
  /** How the keys of kept messages begin: see `history/`. */
  readonly history: string
  /** How the stream keys of groups begin; the registry line follows. */
  readonly streamPrefix: string
  /** How the channels begin that wake the consumers of a group; its registry line follows. */
  readonly wakePrefix: string
  /** The lease of a subject's responder. */
  lease(subject: Subject): string
  group(pattern: Pattern, group: string): GroupKeys
}

export interface GroupKeys {
  readonly registry: string
  /** The registry's field that holds the line. */
  readonly field: string
  /** `<pattern> <group>`. */
  readonly line: string
  readonly stream: string
  /** The sorted set of the group's consumers, by the ends of their leases. */
  readonly members: string
  readonly wake: string
}

/** How the channels of relays begin: "_" closes them to clients and to their wildcards. */
export const relayChannels = {
  wake: '_queue.',
  more: '_more.',
  error: '_error.',
  unawaited: '_unawaited.',
  echo: '_echo.',
} as const

export function redisKeys({ prefix, cluster }: { readonly prefix: string; readonly cluster: boolean }): Keys {
  // A script needs its keys in one slot. On a cluster the text in braces decides the slot.
  const root = `${prefix}${cluster ? '{wildcast}' : 'wildcast'}`
  const registry = `${root}:groups`
  const streamPrefix = `${root}:queue:`
  const wakePrefix = `${prefix}${relayChannels.wake}`
  return {
    registry,
    values: `${root}:values`,
    history: `${root}:history`,
    streamPrefix,
    wakePrefix,
    lease: (subject) => `${root}:serve:${subject}`,
    group(pattern, group) {
      const line = `${pattern} ${group}`
      return {
        registry,
        field: isExact(pattern) ? pattern : '*',
        line,
        stream: `${streamPrefix}${line}`,
        members: `${root}:members:${line}`,
        wake: `${wakePrefix}${line}`,
      }
    },
  }
}
