import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt'
import { describe, expect, it, onTestFinished } from 'vitest'
import { mqttRelay } from './mqtt-relay.js'

async function client(url: string, options: IClientOptions = {}): Promise<MqttClient & { got: string[] }> {
  const one = await connectAsync(url, { reconnectPeriod: 0, ...options })
  onTestFinished(() => one.endAsync(true))
  const got: string[] = []
  one.on('message', (topic, payload, { qos, retain }) => got.push(`${topic} ${payload} ${qos}${retain ? ' r' : ''}`))
  return Object.assign(one, { got })
}

describe.each([3, 4, 5] as const)('mqtt.js with protocol level %d', (protocolVersion) => {
  const protocolId = protocolVersion === 3 ? 'MQIsdp' : 'MQTT'
  it.each(['tcp', 'ws'])('publishes and receives with QoS 0, 1 and 2 over %s', async (kind) => {
    const relay = await mqttRelay()
    const url = kind === 'tcp' ? `mqtt://127.0.0.1:${relay.port}` : `ws://${relay.address}/mqtt`
    const one = await client(url, { protocolVersion, protocolId, clientId: 'one' })
    const two = await client(url, { protocolVersion, protocolId, clientId: 'two' })
    await one.subscribeAsync('a/#', { qos: 2 })
    for (const qos of [0, 1, 2] as const) await two.publishAsync(`a/${qos}`, `m${qos}`, { qos })
    await expect.poll(() => [...one.got].sort()).toEqual(['a/0 m0 0', 'a/1 m1 1', 'a/2 m2 2'])
    await two.publishAsync('r/x', 'kept', { qos: 1, retain: true })
    await one.subscribeAsync('r/+', { qos: 1 })
    await expect.poll(() => one.got.at(-1)).toBe('r/x kept 1 r')
    expect(relay.errors).toEqual([])
  })
})
