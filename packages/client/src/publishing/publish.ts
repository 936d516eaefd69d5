import type { PublishFrame } from '@wildcast/protocol/client'
import type { Exchanges } from '../exchanges/exchanges.js'
import type { PublishOutcome } from './outcome.js'

/** What a publish needs of the client. */
export type PublishPorts = Pick<Exchanges, 'post'>

/** Publishes, now or as soon as the client is connected. */
export function publish({ post }: PublishPorts, frame: Omit<PublishFrame, 'ref'>): Promise<PublishOutcome> {
  return new Promise((resolve, reject) => {
    post(frame, {
      answer: () => resolve('confirmed'),
      // Not sent again: the broker may have it already.
      fail: (error, sent) => (sent && error.code === 'interrupted' ? resolve('unknown') : reject(error)),
    })
  })
}
