import type { Pattern } from '@wildcast/protocol'
import { Unawaited } from '../unawaited.js'
import { packetOf } from './packet.js'
import type { Routes } from './routes.js'
import type { MqttWire } from './wire.js'

export interface MqttUnawaitedPartsPorts {
  readonly wire: MqttWire
  readonly routes: Routes
  /** Below it the parts of this connection are told apart. */
  readonly topic: string
}

/**
 * Answers in parts, as their responder sees them: each bears a response topic, on which the asker's
 * relay says that nobody waits.
 */
export interface MqttUnawaitedParts {
  /**
   * The response topic for a part of the answer on this subject, which is a segment and one that we
   * made.
   */
  topicFor(subject: Pattern): string
  /** @throws {WildcastError} `interrupted` where nobody awaits it */
  check(subject: Pattern): void
  /**
   * Tells a responder that nobody awaits its parts. Only topics of ours are believed: others may
   * mean anything.
   */
  tellNobodyWaits(responseTopic: string | undefined): void
}

export function unawaitedParts({ wire, routes, topic }: MqttUnawaitedPartsPorts): MqttUnawaitedParts {
  const known = new Unawaited()
  let listening = false
  const say = async (topic: string): Promise<boolean> => wire.publish(packetOf(topic, '', {}, wire.server))

  return {
    topicFor(subject) {
      if (!listening) {
        listening = true
        const route = routes.add(`${topic}/+`, (packet) => known.add(packet.topic.slice(topic.length + 1)))
        route.confirmed.catch(() => {}) // where it is forbidden, responders go on to their end
      }
      return `${topic}/${subject}`
    },
    check: (subject) => known.check(subject),
    tellNobodyWaits(responseTopic) {
      if (!responseTopic || !/^_reply\/[^/]+\/parts\/_answer\.\w+$/.test(responseTopic)) return
      say(responseTopic).catch(() => {}) // the next part asks again
    },
  }
}
