import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { mqttFeatures } from '../../src/brokers/mqtt/features.js'
import { NatsDriver } from '../../src/brokers/nats/driver.js'
import { noHeaders } from '../../src/brokers/nats/message-form.js'
import { noRules } from '../../src/brokers/no-rules.js'
import { redisFeatures } from '../../src/brokers/redis/capabilities.js'
import { clusterReason } from '../../src/brokers/redis/store-support.js'
import type { Features } from '../../src/core/broker.js'
import { memory, newId, realClock } from '../../src/index.js'
import { memoryStore } from '../../src/stores/memory/memory-store.js'
import { rule } from '../../src/testing/history-under-test.js'

const documentation = readFileSync(new URL('../../../docs/delivery.md', import.meta.url), 'utf8')
const ports = { clock: realClock, newId }

/** The notes under the table, by number. */
const notes = new Map(
  [...documentation.matchAll(/^(\d+)\. ((?:.*\n)(?: {2,}.*\n)*)/gm)].map(([, number, text]) => [
    number,
    (text ?? '').replace(/\s+/g, ' '),
  ]),
)

/** The table's cell for a feature on a broker. */
function cellOf(column: string, feature: string): string {
  const rows = [...documentation.matchAll(/^\|(.*)\|$/gm)].map(([, row]) => row?.split('|').map((cell) => cell.trim()))
  const head = rows.find((row) => row?.includes('MQTT 3.1.1'))
  const row = rows.find((cells) => cells?.[0] === `\`${feature}\``)
  return row?.[head?.indexOf(column) ?? -1] ?? `no row for ${feature}, or no column for ${column}`
}

const mqtt = { address: 'mqtt://localhost' }
const store = memoryStore({ clock: realClock, rules: [rule('room.*')] })
const memoryFeatures = await memory({ ...ports, store })({ status: () => {}, dropped: () => {} })
const columns: Readonly<Record<string, Features>> = {
  memory: memoryFeatures.features,
  Redis: redisFeatures({ sharded: false, storage: true, values: true, hasRules: true }),
  NATS: new NatsDriver({ addresses: ['localhost'], history: [rule('room.*')] }, ports).features,
  'MQTT 5': mqttFeatures({ ...mqtt, version: '5' }, undefined),
  'MQTT 3.1.1': mqttFeatures({ ...mqtt, version: '3.1.1' }, undefined),
}

describe.each(Object.entries(columns))('docs/delivery.md on %s', (column, features) => {
  it.each(Object.entries(features))('has the reason that a client gets for %s', (feature, can) => {
    const [, yes, note] = /^(yes|no)(?: \[(\d+)\])?$/.exec(cellOf(column, feature)) ?? []
    expect(yes).toBe(can === true ? 'yes' : 'no')
    if (can !== true) expect(notes.get(note ?? '')).toContain(`"${can}"`)
  })
})

it('docs/delivery.md has the reasons that depend on the server', () => {
  const { queue } = redisFeatures({ sharded: true, storage: true, values: true, hasRules: false })
  for (const reason of [queue, noHeaders, clusterReason, noRules, 'the server has no shared subscriptions'])
    expect([...notes.values()].join('\n')).toContain(`"${reason}"`)
})
