import type { PublishFrame } from '@wildcast/protocol'
import type { Core } from '../core.js'
import type { PublishOutcome } from './outcome.js'

/** Publishes, now or when there is a way. */
export function publish(core: Core, frame: Omit<PublishFrame, 'ref'>): Promise<PublishOutcome> {
  return new Promise((resolve, reject) => {
    core.post(frame, {
      answer: () => resolve('confirmed'),
      // Not sent again: the broker may have it already.
      fail: (error, sent) => (sent && error.code === 'interrupted' ? resolve('unknown') : reject(error)),
    })
  })
}
