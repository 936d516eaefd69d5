import type { Glob } from '../glob.js'

/** The channels of marks. `$` closes them to clients and to patterns that begin with a wildcard. */
export interface MarkChannels {
  /** How they all begin. */
  readonly begin: string
  /** The glob of all marks. */
  readonly all: Glob
  /** Returns the channel of the marks of a channel. */
  of(channel: string): string
  /**
   * Returns the glob of the marks of a glob's channels. Undefined if the glob begins with a star:
   * then it matches its marks itself.
   */
  globOf(glob: Glob): Glob | undefined
  /** Returns the channel that a channel of marks belongs to. Undefined for other channels. */
  marked(channel: string): string | undefined
}

/** Pub/Sub spans the databases of a server, values do not: each database has marks of its own. */
export function markChannels({ prefix, db }: { readonly prefix: string; readonly db: number }): MarkChannels {
  const begin = `${prefix}$mark${db === 0 ? '' : db}.`
  return {
    begin,
    all: [begin, ''],
    of: (channel) => begin + channel.slice(prefix.length),
    globOf([first = '', ...others]) {
      return first === prefix && others.length > 0 ? undefined : [begin + first.slice(prefix.length), ...others]
    },
    marked: (channel) => (channel.startsWith(begin) ? prefix + channel.slice(begin.length) : undefined),
  }
}
