import { describe, expect, it } from 'vitest'
import { auths, components, example, gateway, memory, mqtt, nats, redis } from '../../testing/original-forms.js'
import { scriptedOutside } from '../../testing/scripted-outside.js'
import type { Config } from './config.js'
import { interpret } from './read-config.js'
import { tomlSource } from './source/toml-source.js'

const environment = scriptedOutside()

const read = (toml: string): Config => interpret(tomlSource(toml, 'spin.toml'), 'spin.toml', environment)

/** The settings of the broker in a block of the README. */
const brokerOf = (toml: string): unknown => read(toml).brokers.get('BROKER_NAME')

const natsSettings = {
  type: 'nats',
  addresses: ['nats'],
  tls: {
    rootCertificate: '/path/to/root/certificate',
    clientCertificate: { certificate: '/path/to/client/cert', key: '/path/to/client/key' },
  },
  pingIntervalMs: 10_000,
  clientName: 'the client name',
}

describe("the original's README, to the letter,", () => {
  it('has an example with two brokers, each with a port of its own', () => {
    expect(read(example)).toEqual({
      brokers: new Map<string, unknown>([
        ['test', { type: 'memory' }],
        ['secondary', { type: 'nats', addresses: ['nats'] }],
      ]),
      gateways: [
        { port: 3005, broker: 'test', requestResponse: 'json', timeoutMs: 2000 },
        { port: 3006, broker: 'secondary', websockets: 'text', timeoutMs: 2000 },
      ],
      bridges: [],
      components: [],
      notes: [],
    })
  })

  it.each([
    ['the memory broker', memory, { type: 'memory' }],
    ['Redis', redis, { type: 'redis', url: 'redis://redis:6379' }],
    ['NATS', nats, natsSettings],
    [
      'MQTT',
      mqtt,
      {
        type: 'mqtt',
        address: 'mqtt://mqtt:1883',
        id: 'my_id',
        keepAliveMs: 5000,
        credentials: { username: 'username', password: 'password' },
      },
    ],
  ])('names %s', (_, block, settings) => {
    expect(brokerOf(block)).toEqual(settings)
  })

  it.each([
    ['a token', auths.token, { kind: 'token', token: 'token string' }],
    ['a password', auths.user, { kind: 'user', user: 'username', password: 'password' }],
    ['a key', auths.nkey, { kind: 'nkey', seed: 'NKey String' }],
    ['a JWT', auths.jwt, { kind: 'jwt', seed: 'nkey seed', jwt: 'jwt string' }],
    ['a file of credentials', auths.credentialsFile, { kind: 'credentialsFile', path: '/path/to/credentials/file' }],
    ['credentials', auths.credentials, { kind: 'credentials', text: 'credentials string' }],
  ])('logs in to NATS by %s', (_, block, auth) => {
    expect(brokerOf(nats + block)).toEqual({ ...natsSettings, auth })
  })

  it('has a gateway, whose modes have names of their own', () => {
    expect(read(memory + gateway).gateways).toEqual([
      { port: 3005, broker: 'BROKER_NAME', websockets: 'binary', requestResponse: 'messagepack', timeoutMs: 2000 },
    ])
    for (const [word, mode] of [
      ['TextBody', 'text'],
      ['Messagepack', 'messagepack'],
      ['Json', 'json'],
    ])
      expect(read(memory + gateway.replace('BinaryBody', word ?? '')).gateways[0]?.websockets).toBe(mode)
  })

  it('accepts Nats and ping_interval as well', () => {
    expect(brokerOf(nats.replace('NATs', 'Nats').replace('pint', 'ping'))).toEqual(natsSettings)
  })

  it('has a component of WebAssembly, which is not run', () => {
    const config = read(example + components)
    expect([...config.brokers.keys()]).toEqual(['test', 'secondary'])
    expect(config.notes).toEqual(['component "hello" is not run: name a module of JavaScript or TypeScript'])
  })
})
