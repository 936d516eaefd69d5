import { type PublishFrame, payloadBytes, WildcastError } from '@wildcast/protocol'
import type { Core } from './core.js'
import type { PublishOutcome } from './outcome.js'

/** Publishes, now or when there is a way. */
export async function publish(core: Core, frame: Omit<PublishFrame, 'ref'>): Promise<PublishOutcome> {
  checkSize(core, frame)
  return new Promise((resolve, reject) => {
    core.post(frame, {
      answer: () => resolve('confirmed'),
      // Not sent again: the broker may have it already.
      fail: (error, sent) => (sent && error.code === 'interrupted' ? resolve('unknown') : reject(error)),
    })
  })
}

/**
 * Refuses what the relay would refuse.
 * @throws {WildcastError} `too_large`
 */
export function checkSize({ link }: Pick<Core, 'link'>, { message }: Pick<PublishFrame, 'message'>): void {
  const most = link.welcome?.limits.payload
  // A UTF-16 unit takes 3 bytes at most, so short texts need no count.
  if (most !== undefined && message.length * 3 > most && payloadBytes(message).length > most)
    throw new WildcastError('too_large', `more than ${most} bytes: send it in parts`)
}
