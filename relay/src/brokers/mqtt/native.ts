import { type Subject, WildcastError } from '@wildcast/protocol'
import type { Features, Interest } from '../../core/broker.js'
import type { Native } from '../foreign/driver.js'
import { checkLevels, coverOf, isExactFor, levelsBefore, respondersShare, shareName, topicOf } from './subjects.js'

/** A subscription at an MQTT server. The filter of a responder depends on the connection. */
export interface MqttNative extends Native {
  /** The topic filter, or the topic of a served subject. */
  readonly filter: string
  readonly served?: Subject
}

/** @throws {WildcastError} `invalid_subject`, `forbidden`, `unsupported` */
export function mqttNativeOf({ pattern, group, serve }: Interest, features: Features): MqttNative {
  if (serve) {
    // The topics of its requests and answers may have more levels before it.
    const filter = checkLevels(topicOf(pattern), levelsBefore)
    const key = `${respondersShare}/${filter}`
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
