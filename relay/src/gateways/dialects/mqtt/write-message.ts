import type { Qos } from './codec/packets.js'
import type { PublishTemplate } from './codec/write-packet.js'
import type { MqttDelivery } from './delivery.js'
import type { MqttLine } from './mqtt-line.js'
import { expiryLeft, isExpired } from './publish-packet.js'

/** How a message is written to one client. */
export interface WrittenAs {
  /** In milliseconds since 1970. */
  readonly now: number
  readonly qos: Qos
  readonly id?: number
  readonly dup?: boolean
}

/**
 * Writes a message to a client: the bytes of all others, or a copy of its own. Returns false if the
 * client can't take it: its packet is too large, or its subject is no topic.
 */
export function writeMessage(line: MqttLine, delivery: MqttDelivery, as: WrittenAs): boolean {
  const { message, broker, retain, ids, settle, isReplay } = delivery
  const { encoder, outbox, maximumPacketSize } = line
  const template = isReplay ? encoder.templateOnce(message, as.now) : encoder.template(message, as.now)
  if (!template || (as.qos === 0 && isExpired(message, as.now))) return false
  const isEqualForAll = as.qos === 0 && !retain && !ids && line.aliases.isNone && !settle
  if (!isEqualForAll) return writeOwn(line, template, { delivery, as })
  if (template.size > maximumPacketSize) return false
  outbox.deliver(encoder.shared(message, template, broker))
  return true
}

/** Writes a copy with what differs for this client. */
function writeOwn(
  { outbox, aliases, maximumPacketSize }: MqttLine,
  template: PublishTemplate,
  { delivery, as }: { readonly delivery: MqttDelivery; readonly as: WrittenAs },
): boolean {
  const { message, retain, ids, settle, broker } = delivery
  const { now, ...sent } = as
  const stamp = { ...sent, retain, subscriptionIds: ids, messageExpiry: expiryLeft(message, now) }
  // The alias would add three bytes, or leave the topic out.
  const aliasBytes = 3
  if (template.sizeOf(stamp) + (aliases.isNone ? 0 : aliasBytes) > maximumPacketSize) return false
  // A frame that sets an alias must not be dropped: later ones would have another topic.
  const alias = outbox.behind ? undefined : aliases.of(message.subject)
  const bytes = template.stamp(alias ? { ...stamp, topicAlias: alias.alias, byAlias: !alias.isNew } : stamp)
  const mayBeDropped = sent.qos === 0 && alias?.isNew !== true
  outbox.deliver({
    bytes,
    ...(mayBeDropped && { feed: { id: 0, broker, latest: false } }),
    ...(sent.qos === 0 && settle && { settle }),
  })
  return true
}
