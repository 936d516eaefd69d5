import type { Features } from '../../core/broker.js'
import { keepsNoValues } from '../keeps-no-values.js'
import type { MqttSettings } from '../settings.js'
import type { MqttServerFacts } from './server.js'

const old = 'the link speaks MQTT 3.1.1'

/**
 * Returns the features of a link. Before the first connection, they are those of MQTT 5 unless the
 * settings name another version.
 */
export function mqttFeatures({ version, payload }: MqttSettings, server: MqttServerFacts | undefined): Features {
  const five = server ? server.version === 5 : version !== '3.1.1'
  const needsFive = (what: string): string => `${old}, which has no ${what}; use a server with MQTT 5`
  return {
    queue: !five
      ? needsFive('shared subscriptions')
      : server && !server.shares
        ? 'the server has no shared subscriptions'
        : true,
    request: true,
    serve: true,
    response_subject: five || payload === 'envelope' ? true : needsFive('response topic; use request'),
    headers: five ? true : needsFive('user properties'),
    wildcard: 'MQTT publishes to one topic; name it',
    ...valueFeatures(five, server),
    history: 'MQTT has no history; use a broker of another type',
  }
}

/** The features of values. The server keeps them as retained messages, without a number. */
function valueFeatures(five: boolean, server: MqttServerFacts | undefined): ReturnType<typeof keepsNoValues> {
  if (!five) return keepsNoValues(`${old}, which does not report which messages are retained; use a server with MQTT 5`)
  if (server && !server.confirms) return keepsNoValues('the server confirms no publish (its Maximum QoS is 0)')
  if (server && !server.retains) return keepsNoValues('the server keeps no retained messages; let it keep them')
  return {
    retained: true,
    conditional: 'MQTT has no conditions: its values have no revision',
    ttl: 'MQTT reports no expiry of a value',
    presence: 'presence needs conditions, which MQTT does not have',
  }
}
