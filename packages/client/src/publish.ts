import { type PublishFrame, payloadSize, WildcastError } from '@wildcast/protocol'
import type { Core } from './core.js'
import type { PublishOutcome } from './outcome.js'

/** Publishes, now or when there is a way. */
export function publish(core: Core, frame: Omit<PublishFrame, 'ref'>): Promise<PublishOutcome> {
  return new Promise((resolve, reject) => {
    checkSize(core, frame)
    const asker = {
      answer: () => resolve('confirmed'),
      // Not sent again: the broker may have it already.
      fail: (error: WildcastError) => (error.code === 'interrupted' ? resolve('unknown') : reject(error)),
    }
    core.post({ send: () => core.ask(frame, asker) !== undefined, fail: reject })
  })
}

/**
 * Refuses what the relay would refuse.
 * @throws {WildcastError} `too_large`
 */
export function checkSize({ link }: Pick<Core, 'link'>, { message }: Pick<PublishFrame, 'message'>): void {
  const most = link.welcome?.limits.payload ?? Number.POSITIVE_INFINITY
  const size = payloadSize(message)
  if (size > most)
    throw new WildcastError('too_large', `the payload has ${size} bytes, and the relay takes ${most}: send it in parts`)
}
