import type { BrokerSettings } from '../../brokers/settings.js'
import type { Features } from '../../core/broker.js'
import type { Clock } from '../../core/clock.js'
import { openBroker } from '../open-broker.js'
import { askNats } from './ask-nats.js'
import { askRedis } from './ask-redis.js'
import { type Finding, failure, noted, ok } from './finding.js'

/** Connects to a broker as a relay does. Nothing is written there, and no file is opened. */
export async function examineBroker(name: string, settings: BrokerSettings, clock: Clock): Promise<readonly Finding[]> {
  if (settings.type === 'memory') return [ok('brokers', `broker "${name}" is in the memory of the relay`)]
  try {
    const features = await featuresOf(settings)
    return [...(await ask(name, settings, features, clock)), missing(name, features)]
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    const remedy = `start the server, or correct [brokers.${name}]; a relay starts without it, and tries again`
    return [failure('brokers', `broker "${name}" is not reached: ${message}`, remedy)]
  }
}

type ServerSettings = Exclude<BrokerSettings, { type: 'memory' }>

/** The features of a broker that is reached. Without history, whose stores a relay would create. */
async function featuresOf(settings: ServerSettings): Promise<Features> {
  let failed: unknown = new Error('no answer')
  const open = openBroker(settings.type === 'mqtt' ? settings : { ...settings, history: [] })
  const broker = await open({
    status(now, cause) {
      failed = now === 'up' ? undefined : (cause ?? failed)
    },
    dropped() {},
  })
  try {
    if (failed !== undefined) throw failed
    return broker.features
  } finally {
    await broker.close()
  }
}

async function ask(
  name: string,
  settings: ServerSettings,
  features: Features,
  clock: Clock,
): Promise<readonly Finding[]> {
  switch (settings.type) {
    case 'redis':
      return askRedis(name, settings, clock)
    case 'nats':
      return askNats(name, settings, clock)
    case 'mqtt':
      return [ok('brokers', `broker "${name}" speaks MQTT ${features.headers === true ? '5' : '3.1.1'}`)]
  }
}

function missing(name: string, features: Features): Finding {
  const absent = Object.entries(features).flatMap(([feature, has]) =>
    has === true || feature === 'history' ? [] : [feature],
  )
  return absent.length === 0
    ? ok('brokers', `broker "${name}" has every feature`)
    : noted('brokers', `broker "${name}" does without: ${absent.join(', ')}`, 'docs/delivery.md has the reasons')
}
