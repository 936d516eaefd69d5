import { parseSubject } from '@wildcast/protocol'
import { onTestFinished } from 'vitest'
import type { ForeignPorts } from '../../src/brokers/foreign/foreign-broker.js'
import { mqtt } from '../../src/brokers/mqtt.js'
import type { MqttSettings } from '../../src/brokers/settings.js'
import { newId, realClock } from '../../src/index.js'
import type { Outside } from '../../src/testing/broker-under-test.js'
import { Inbox } from '../../src/testing/inbox.js'
import type { Mosquitto } from '../servers/mosquitto.js'
import { type MosquittoSub, mosquittoPub, mosquittoSub } from '../servers/mosquitto-clients.js'
import { type TestLink, testLink } from './link.js'

/** A relay's link to an MQTT server. */
export function mqttLink(
  address: string,
  settings: Partial<MqttSettings> = {},
  ports: Partial<ForeignPorts> = {},
): Promise<TestLink> {
  return testLink(mqtt({ address, ...settings }, { clock: realClock, newId, ...ports }))
}

export const five = ['-V', 'mqttv5'] as const

export const versions = ['5', '3.1.1'] as const

/** Subscribes with mosquitto_sub, until the test has finished. */
export async function spy(port: number, filter: string, flags: readonly string[] = five): Promise<MosquittoSub> {
  const sub = await mosquittoSub(port, [filter], flags)
  onTestFinished(() => sub.stop())
  return sub
}

/** Access to the server with mosquitto_pub and mosquitto_sub. */
export function outside(server: () => Mosquitto): Outside {
  return {
    publish: (subject, payload) => mosquittoPub(server().port, subject.replaceAll('.', '/'), payload),
    async listen(subject) {
      const inbox = new Inbox()
      const sub = await spy(server().port, subject.replaceAll('.', '/'))
      const next = async (): Promise<void> => {
        const { topic, payload } = await sub.next()
        inbox.put({ subject: parseSubject(topic.replaceAll('/', '.')), payload })
        await next()
      }
      next().catch(() => {}) // it has stopped
      return inbox
    },
    kill: () => server().kill(),
    restart: () => server().restart(),
  }
}
