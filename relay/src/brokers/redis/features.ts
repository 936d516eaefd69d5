import type { Features } from '../../core/broker.js'

/** Whether relays can keep something at a Redis: groups, and who serves. Otherwise the reason. */
export type Keeps = true | string

export interface Abilities {
  readonly sharded: boolean
  readonly keeps: Keeps
}

const sharded = 'its channels are sharded, so that nobody can listen to several at once; leave out "sharded"'

/** What relays can do over a Redis. */
export function redisFeatures({ sharded: isSharded, keeps }: Abilities): Features {
  return {
    queue: isSharded ? sharded : keeps,
    request: isSharded ? sharded : true,
    serve: isSharded ? sharded : keeps,
    response_subject: 'Redis carries a payload and nothing else; ask with a request',
    headers: 'Redis carries a payload and nothing else; put it into the payload',
    wildcard: 'Redis publishes to one channel at a time',
  }
}
