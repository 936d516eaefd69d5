import type { PublishOptions } from '@wildcast/client'
import { useMemo } from 'react'
import { fill, type Params } from './fill.js'
import { useClient } from './provider.js'
import { type Publishing, startPublishing } from './publishing.js'

/** Publishes: first what stands for each `*` of the pattern, where there is one, then the data. */
export type Send<Pattern extends string> =
  Params<Pattern> extends []
    ? (data?: unknown, options?: PublishOptions) => Publishing
    : (params: Params<Pattern>, data?: unknown, options?: PublishOptions) => Publishing

/**
 * A function that publishes; the same one at each render. What it returns tells how the publish goes, and can be followed with `usePublishing`.
 * @throws {TypeError} when called with params that don't fit the pattern
 * @example
 * const send = usePublish('room.*.msg')
 * return <button onClick={() => send(['42'], { text })}>Send</button>
 */
export function usePublish<const Pattern extends string>(pattern: Pattern): Send<Pattern> {
  const client = useClient()
  return useMemo(() => {
    const filled = pattern.split('.').includes('*')
    const send = (...args: unknown[]): Publishing => {
      const [params, data, options] = filled ? args : [[], ...args]
      return startPublishing(client, fill(pattern, params as string[]), data, options as PublishOptions)
    }
    return send as Send<Pattern>
  }, [client, pattern])
}
