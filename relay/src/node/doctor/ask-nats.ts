import { natsAddressOf } from '../../brokers/nats/address.js'
import { greeting } from '../../brokers/nats/greeting.js'
import type { NatsSettings } from '../../brokers/settings.js'
import type { Clock } from '../../core/clock.js'
import { type Finding, failure, ok, warning } from './finding.js'

const patienceMs = 5000

/** Reads the version of a NATS server, and whether it has JetStream. */
export async function askNats(name: string, settings: NatsSettings, clock: Clock): Promise<readonly Finding[]> {
  // One server of a cluster may be down.
  const greetings = settings.addresses.map((text) => greeting(natsAddressOf(text), clock, patienceMs))
  const { version = 'of unknown version', jetstream = false } = await Promise.any(greetings)
  const found = [ok('brokers', `broker "${name}" is NATS ${version}${jetstream ? ' with JetStream' : ''}`)]
  if (jetstream) return found
  const remedy = 'start nats-server with -js and a store_dir'
  const message = `broker "${name}" has no JetStream`
  return settings.history && settings.history.length > 0
    ? [...found, failure('brokers', `${message}, so it can't keep the messages of its "history"`, remedy)]
    : [...found, warning('brokers', `${message}: it keeps no values, and presence and locks do not work`, remedy)]
}
