import type { Pattern } from '@wildcast/protocol'
import { Unawaited } from '../unawaited.js'
import { packetOf } from './packet.js'
import type { Routes } from './routes.js'
import type { MqttWire } from './wire.js'

export interface GivenUpPorts {
  readonly wire: MqttWire
  readonly routes: Routes
}

/**
 * Requests whose askers have given up, where a part bears nothing with which it could ask: each is
 * told on a topic of its own, to every relay that serves. A segment of no client begins like that.
 */
export interface GivenUp {
  /** Begins to listen, before the first question can come. */
  listen(): void
  /** @throws {WildcastError} `interrupted` where nobody awaits a part on this subject */
  check(answerOn: Pattern): void
  /** Tells responders that nobody awaits an answer on this subject. */
  tell(answerOn: Pattern): void
}

const root = '_unawaited/'

/** `topicOf` is what the subject is called at the server. */
export function givenUp({ wire, routes }: GivenUpPorts, topicOf: (subject: Pattern) => string): GivenUp {
  const known = new Unawaited()
  let listening = false
  const say = async (topic: string): Promise<boolean> => wire.publish(packetOf(topic, '', {}, wire.server))
  return {
    listen() {
      if (listening) return
      listening = true
      const route = routes.add(`${root}#`, ({ topic }) => known.add(topic.slice(root.length)))
      route.confirmed.catch(() => {}) // where it is forbidden, responders go on to their end
    },
    check: (answerOn) => known.check(topicOf(answerOn)),
    tell(answerOn) {
      say(root + topicOf(answerOn)).catch(() => {}) // its responder goes on to its end
    },
  }
}
