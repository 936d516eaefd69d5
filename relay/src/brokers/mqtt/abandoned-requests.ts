import type { Pattern } from '@wildcast/protocol'
import { Unawaited } from '../unawaited.js'
import { packetOf } from './packet.js'
import type { Routes } from './routes.js'
import type { MqttWire } from './wire.js'

export interface AbandonedRequestsPorts {
  readonly wire: MqttWire
  readonly routes: Routes
}

/**
 * Requests that have ended without an answer, in the original's form, whose parts have no response
 * topic. Each is announced on its own topic to all relays with responders. No subject of a client
 * begins like these topics.
 */
export interface AbandonedRequests {
  /** Subscribes to announcements. Call it before the first request can arrive. */
  subscribe(): void
  /** @throws {WildcastError} `interrupted` if no request awaits an answer on this subject */
  check(answerOn: Pattern): void
  /** Announces to responders that no request awaits an answer on this subject. */
  announce(answerOn: Pattern): void
}

const root = '_unawaited/'

/** @param topicOf Returns the topic of a subject */
export function abandonedRequests(
  { wire, routes }: AbandonedRequestsPorts,
  topicOf: (subject: Pattern) => string,
): AbandonedRequests {
  const known = new Unawaited()
  let isSubscribed = false
  const publish = async (topic: string): Promise<boolean> => wire.publish(packetOf(topic, '', {}, wire.server))
  return {
    subscribe() {
      if (isSubscribed) return
      isSubscribed = true
      const route = routes.add(`${root}#`, ({ topic }) => known.add(topic.slice(root.length)))
      route.confirmed.catch(() => {}) // if it is forbidden, responders send all their parts
    },
    check: (answerOn) => known.check(topicOf(answerOn)),
    announce(answerOn) {
      publish(root + topicOf(answerOn)).catch(() => {}) // its responder sends all its parts
    },
  }
}
