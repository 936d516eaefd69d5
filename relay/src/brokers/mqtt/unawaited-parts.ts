import type { Pattern } from '@wildcast/protocol'
import { Unawaited } from '../unawaited.js'
import { packetOf } from './packet.js'
import type { Routes } from './routes.js'
import type { MqttWire } from './wire.js'

export interface MqttUnawaitedPartsPorts {
  readonly wire: MqttWire
  readonly routes: Routes
  /** The prefix of the topics for the parts of this connection. */
  readonly topic: string
}

/**
 * The parts of answers that no request awaits. Each part has a response topic, on which the
 * requester's relay reports that the request has ended.
 */
export interface MqttUnawaitedParts {
  /**
   * Returns the response topic for a part of the answer on this subject. The subject is one segment
   * that this relay has made.
   */
  topicFor(subject: Pattern): string
  /** @throws {WildcastError} `interrupted` if no request awaits an answer on this subject */
  check(subject: Pattern): void
  /**
   * Notifies a responder that no request awaits its parts. Only topics of relays are used: another
   * topic may have any meaning.
   */
  refuse(responseTopic: string | undefined): void
}

export function unawaitedParts({ wire, routes, topic }: MqttUnawaitedPartsPorts): MqttUnawaitedParts {
  const known = new Unawaited()
  let isSubscribed = false
  const publish = async (topic: string): Promise<boolean> => wire.publish(packetOf(topic, '', {}, wire.server))

  return {
    topicFor(subject) {
      if (!isSubscribed) {
        isSubscribed = true
        const route = routes.add(`${topic}/+`, (packet) => known.add(packet.topic.slice(topic.length + 1)))
        route.confirmed.catch(() => {}) // if it is forbidden, responders send all their parts
      }
      return `${topic}/${subject}`
    },
    check: (subject) => known.check(subject),
    refuse(responseTopic) {
      if (!responseTopic || !/^_reply\/[^/]+\/parts\/_answer\.\w+$/.test(responseTopic)) return
      publish(responseTopic).catch(() => {}) // the next part is refused again
    },
  }
}
