import { type Subject, WildcastError } from '@wildcast/protocol'
import type { Features, Interest } from '../../core/broker.js'
import type { Native } from '../foreign/driver.js'
import { checkLevels, coverOf, isExactFor, levelsBefore, serversShare, shareName, topicOf } from './subjects.js'

/** What an MQTT server is asked for. How servers are reached depends on the connection. */
export interface MqttNative extends Native {
  /** As the server gets it; of a served subject, its topic. */
  readonly filter: string
  readonly served?: Subject
}

/** @throws {WildcastError} `invalid_subject`, `forbidden`, `unsupported` */
export function mqttNativeOf({ pattern, group, serve }: Interest, features: Features): MqttNative {
  if (serve) {
    // Its questions and answers may come on topics that begin with levels of their own.
    const filter = checkLevels(topicOf(pattern), levelsBefore)
    const key = `${serversShare}/${filter}`
    return { key, exact: true, wildcard: false, single: true, filter, served: pattern as Subject }
  }
  const cover = coverOf(pattern)
  const exact = isExactFor(pattern, cover)
  const wildcard = /[+#]/.test(cover.filter)
  if (group === undefined) return { key: cover.filter, exact, wildcard, single: false, filter: cover.filter }
  if (features.queue !== true) throw new WildcastError('unsupported', features.queue)
  const filter = checkLevels(`$share/${shareName(group, pattern, cover)}/${cover.filter}`)
  return { key: filter, exact, wildcard, single: true, filter }
}
