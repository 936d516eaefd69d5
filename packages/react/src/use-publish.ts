import { type PublishOptions, WildcastError } from '@wildcast/client'
import { useMemo } from 'react'
import { type FillParams, fill } from './fill.js'
import { useClient } from './provider.js'
import { type Publishing, startPublishing } from './publishing.js'

/** The data and the options of a publish. Data that may be undefined may be left out. */
type PublishArguments<Data> = undefined extends Data
  ? [data?: Data, options?: PublishOptions]
  : [data: Data, options?: PublishOptions]

/** Publishes to a pattern whose wildcards the compiler does not know. */
interface SendWithOrWithoutParams<Data> {
  (...content: PublishArguments<Data>): Publishing
  (params: readonly string[], ...content: PublishArguments<Data>): Publishing
}

/**
 * Publishes: takes an array with a param for each `*` of the pattern, if it has one, then the data.
 */
export type Send<Pattern extends string, Data = unknown> =
  FillParams<Pattern> extends readonly []
    ? (...content: PublishArguments<Data>) => Publishing
    : number extends FillParams<Pattern>['length']
      ? SendWithOrWithoutParams<Data>
      : (params: FillParams<Pattern>, ...content: PublishArguments<Data>) => Publishing

/**
 * Returns a function that publishes; the same one at each render. Its result has the state of the
 * publish, which `usePublishing` tracks. It does not throw: a publish that is refused, also because
 * its params don't fit the pattern, has the state `rejected` and the `error`. Wildcards other than
 * `*` take no params: to publish to a pattern with only such wildcards, pass `wildcard: true`.
 * `Data` is the type of the data.
 * @example
 * const send = usePublish('room.*.msg')
 * return <button onClick={() => send(['42'], { text })}>Send</button>
 */
export function usePublish<Data = unknown, const Pattern extends string = string>(
  pattern: Pattern,
): Send<Pattern, Data> {
  const client = useClient()
  return useMemo(() => {
    const hasParams = pattern.split('.').includes('*')
    const send = (...args: unknown[]): Publishing => {
      const [params, data, options] = hasParams ? args : [[], ...args]
      const subject = (): string => {
        if (hasParams) return fill(pattern, params as string[])
        if (args.length > 2) throw new WildcastError('invalid_subject', `"${pattern}" has no "*": give no params`)
        return pattern
      }
      return startPublishing(client, () => client.publish(subject(), data, options as PublishOptions))
    }
    return send as Send<Pattern, Data>
  }, [client, pattern])
}
