import { describe, expect, it } from 'vitest'
import type { MqttSettings } from '../settings.js'
import { keepAliveOf, mqttAddressOf, mqttClientOptions } from './options.js'

const identity = { id: 'me', version: 5, certificates: {} } as const
const optionsOf = (settings: Partial<MqttSettings>) =>
  mqttClientOptions({ address: 'mqtt://host', ...settings }, { ...identity })

describe('an address', () => {
  it.each([
    ['mqtt://host', 'mqtt', 'host', 1883, false],
    ['tcp://host:7', 'mqtt', 'host', 7, false],
    ['mqtts://host', 'mqtts', 'host', 8883, true],
    ['ssl://host', 'mqtts', 'host', 8883, true],
    ['ws://host', 'ws', 'host', 80, false],
    ['wss://host:8443/mqtt?a=b', 'wss', 'host', 8443, true],
    ['mqtt://[::1]:1', 'mqtt', '::1', 1, false],
    ['ws://[::1]:1', 'ws', '[::1]', 1, false],
  ])('%s', (text, protocol, host, port, encrypted) => {
    expect(mqttAddressOf(text)).toMatchObject({ protocol, host, port, encrypted })
  })

  it('of a WebSocket keeps its path', () => {
    expect(optionsOf({ address: 'wss://host/mqtt?a=b' }).path).toBe('/mqtt?a=b')
  })

  it('is shown without credentials', () => {
    expect(mqttAddressOf('wss://me:secret@host/mqtt?key=secret').shown).toBe('wss://host:443/mqtt')
  })

  it.each(['http://host', 'host:1883'])('%s is not one of MQTT', (text) => {
    expect(() => mqttAddressOf(text)).toThrow(TypeError)
  })
})

describe('credentials', () => {
  it('are those of the settings, or else of the address', () => {
    const address = 'mqtt://me:s%3Acr%25t@host'
    expect(optionsOf({ address })).toMatchObject({ username: 'me', password: 's:cr%t' })
    const credentials = { username: 'you', password: 'x' }
    expect(optionsOf({ address, credentials })).toMatchObject(credentials)
    expect(Object.keys(optionsOf({}))).not.toContain('username')
  })
})

describe('the keep-alive interval', () => {
  it.each([
    [{}, 5],
    [{ keepAliveMs: 7500 }, 8],
    [{ keepAliveMs: 1 }, 1],
    [{ keepAliveMs: 1e9 }, 65_535],
    [{ pingIntervalMs: 3000 }, 3],
    [{ keepAliveMs: 2000, pingIntervalMs: 9000 }, 2],
  ])('of %j is %i seconds', (settings, seconds) => {
    expect(keepAliveOf({ address: '', ...settings })).toBe(seconds)
  })
})

it('mqtt.js does not reconnect', () => {
  expect(optionsOf({})).toMatchObject({ reconnectPeriod: 0, resubscribe: false, clean: true, queueQoSZero: false })
})

it('packets are limited, far above what clients may be sent', () => {
  const longest = (maxPayload?: number): unknown =>
    mqttClientOptions({ address: 'mqtt://host' }, { ...identity, maxPayload }).properties?.maximumPacketSize
  expect(longest()).toBe(16 * 1024 * 1024)
  expect(longest(50_000_000)).toBe(100_000_000)
})
