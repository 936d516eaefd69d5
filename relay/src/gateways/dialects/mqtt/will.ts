import type { WillMessageCommand } from '../../../core/will-messages/session-will-messages.js'
import { MqttFault } from './codec/fault.js'
import type { MqttVersion, MqttWill } from './codec/packets.js'
import { reasons } from './codec/reasons.js'
import { publishCommandOf } from './publish-command.js'

/**
 * Returns a will as its session takes it. Its expiry counts from when it is published.
 * @throws {MqttFault} `topicInvalid`, `retainNotSupported`
 */
export function willCommandOf(
  will: MqttWill,
  { version, canRetain }: { readonly version: MqttVersion; readonly canRetain: boolean },
): WillMessageCommand {
  const { messageExpiry, willDelay = 0, ...properties } = will.properties
  if (will.retain && !canRetain && version === 5)
    throw new MqttFault(reasons.retainNotSupported, 'the broker keeps no values')
  const command = publishCommandOf({ ...will, properties }, 0)
  if (!command) throw new MqttFault(reasons.topicInvalid, 'the topic of the will has no subject')
  const lifetimeMs = messageExpiry === undefined ? undefined : messageExpiry * 1000
  const retain = will.retain && canRetain ? { ttlMs: lifetimeMs } : undefined
  return {
    publish: { ...command, ...(retain && { retain }) },
    delayMs: willDelay * 1000,
    on: 'drop',
    lifetimeMs,
  }
}
