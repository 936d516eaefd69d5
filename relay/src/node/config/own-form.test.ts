// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a configuration
import { describe, expect, it } from 'vitest'
import type { Config } from './config.js'
import { interpret } from './read-config.js'
import { tomlSource } from './source/toml-source.js'

const environment = {
  env: { PORT: '4000', PASSWORD: 'top secret' },
  resolve: (file: string) => `/etc/wildcast/${file}`,
  readText: () => 'from a file\n',
  isFolder: (folder: string) => folder === 'dist',
  isFile: (file: string) => file === 'hello.js',
}

const read = (toml: string): Config => interpret(tomlSource(toml, 'wildcast.toml'), 'wildcast.toml', environment)
const brokerOf = (toml: string): unknown => read(`[brokers.main]\n${toml}`).brokers.get('main')

describe('the own form', () => {
  it('is one port with all brokers, and bridges between them', () => {
    const config = read(`
      port = 3_016
      host = "127.0.0.1"
      websockets = "json"
      request_response = "messagepack"
      timeout = 500
      static = "dist"
      origins = ["https://shop.example", "http://localhost:5173"]
      compression = true
      keep_alive = 90.5
      workers = 4
      [brokers.main]
      type = "memory"
      [brokers.sensors]
      type = "mqtt"
      address = "mqtt://localhost:1883"
      [[bridge]]
      from = "sensors:temp.>"
      to = "main"`)
    expect([...config.brokers]).toEqual([
      ['main', { type: 'memory' }],
      ['sensors', { type: 'mqtt', address: 'mqtt://localhost:1883' }],
    ])
    expect(config.gateways).toEqual([
      {
        port: 3016,
        host: '127.0.0.1',
        websockets: 'json',
        requestResponse: 'messagepack',
        timeoutMs: 500,
        static: '/etc/wildcast/dist',
        origins: ['https://shop.example', 'http://localhost:5173'],
        compression: true,
        keepAliveMs: 90_500,
      },
    ])
    expect(config.bridges).toEqual([{ from: { broker: 'sensors', pattern: 'temp.*.**' }, to: { broker: 'main' } }])
    expect(config.workers).toBe(4)
    expect(config.notes).toEqual([])
  })

  it('has components, triggered by the default broker if they name none', () => {
    const { components } = read(`
      default = "second"
      brokers.first.type = "memory"
      brokers.second.type = "memory"
      [[component]]
      id = "hello"
      source = "hello.js"
      trigger.subscription.Topic.topic = "hello.>"
      trigger.subscription.Topic.result = { default_broker = "first", default_subject = "good.bye" }
      config = { greeting = "Hi", times = 3, loud = true }
      [[component]]
      id = "work"
      source = "hello.js"
      timeout = 500
      memory = 32
      concurrency = 4
      trigger = { broker = "first", subscription.Queue = { topic = "job", group = "workers" } }
      [[component]]
      id = "answer"
      source = "hello.js"
      trigger.subscription.Request = { path = "test/*/hello", method = "post" }`)
    const common = { source: '/etc/wildcast/hello.js', result: {}, config: {}, timeoutMs: 10_000, memoryMb: 128 }
    expect(components).toEqual([
      {
        ...common,
        id: 'hello',
        broker: 'second',
        subscription: { kind: 'topic', topic: 'hello.*.**' },
        result: { broker: 'first', subject: 'good.bye' },
        config: { greeting: 'Hi', times: '3', loud: 'true' },
      },
      {
        ...common,
        id: 'work',
        broker: 'first',
        subscription: { kind: 'queue', topic: 'job', group: 'workers' },
        timeoutMs: 500,
        memoryMb: 32,
        concurrency: 4,
      },
      {
        ...common,
        id: 'answer',
        broker: 'second',
        subscription: { kind: 'request', path: 'test/*/hello', method: 'POST' },
      },
    ])
  })

  it('has further ports, which may give access to one broker', () => {
    const { gateways } = read(`
      port = 3000
      brokers.main.type = "memory"
      [[gateway]]
      port = 3010
      broker = "main"
      websockets = "text"
      [[gateway]]
      port = 3011`)
    expect(gateways).toEqual([
      { port: 3000, timeoutMs: 2000 },
      { port: 3010, broker: 'main', websockets: 'text', timeoutMs: 2000 },
      { port: 3011, timeoutMs: 2000 },
    ])
  })

  it('needs only a broker', () => {
    expect(read('brokers.main.type = "memory"')).toEqual({
      brokers: new Map([['main', { type: 'memory' }]]),
      gateways: [{ port: 3015, timeoutMs: 2000 }],
      bridges: [],
      components: [],
      notes: [],
    })
  })

  it('puts the default broker first, which is the first one otherwise', () => {
    const brokers = '[brokers.a]\ntype = "memory"\n[brokers.b]\ntype = "memory"\n[brokers.c]\ntype = "memory"'
    expect([...read(brokers).brokers.keys()]).toEqual(['a', 'b', 'c'])
    expect([...read(`default = "b"\n${brokers}`).brokers.keys()]).toEqual(['b', 'a', 'c'])
  })

  it('reads numbers and booleans from the environment', () => {
    expect(read('port = "${PORT}"\nbrokers.main.type = "memory"').gateways[0]?.port).toBe(4000)
  })
})

describe('a Redis broker', () => {
  it('has every setting under its name', () => {
    const settings = brokerOf(`
      type = "redis"
      url = "rediss://redis:6380/1"
      username = "relay"
      password = "\${PASSWORD}"
      db = 2
      prefix = "app:"
      sharded = true
      cluster = ["redis-1:6379", "[::1]:7000"]
      ping_interval = 1_000
      publish_timeout_ms = 250
      root_certificate = "ca.pem"
      client_certificate = { certificate = "relay.pem", key = "relay.key" }
      store = { values = 10, bytes = 20_000 }
      options = { family = 6 }`)
    expect(settings).toEqual({
      type: 'redis',
      url: 'rediss://redis:6380/1',
      username: 'relay',
      password: 'top secret',
      db: 2,
      prefix: 'app:',
      sharded: true,
      cluster: ['redis-1:6379', '[::1]:7000'],
      pingIntervalMs: 1000,
      publishTimeoutMs: 250,
      tls: {
        rootCertificate: '/etc/wildcast/ca.pem',
        clientCertificate: { certificate: '/etc/wildcast/relay.pem', key: '/etc/wildcast/relay.key' },
      },
      store: { values: 10, bytes: 20_000 },
      options: { family: 6 },
    })
  })

  it('may use sentinels', () => {
    const settings = brokerOf(`
      type = "redis"
      url = "redis://redis"
      sentinels = ["sentinel:26379"]
      sentinel_name = "primary"
      sentinel_password = { file = "/run/secrets/sentinel" }`)
    expect(settings).toEqual({
      type: 'redis',
      url: 'redis://redis',
      sentinels: ['sentinel:26379'],
      sentinelName: 'primary',
      sentinelPassword: 'from a file',
    })
  })
})

describe('a NATS broker', () => {
  it('has every setting under its name', () => {
    const settings = brokerOf(`
      type = "nats"
      addresses = ["nats", "localhost:4222", "tls://nats.example.com:4443"]
      tls = true
      client_name = "relay"
      ping_interval = 10_000`)
    expect(settings).toEqual({
      type: 'nats',
      addresses: ['nats', 'localhost:4222', 'tls://nats.example.com:4443'],
      tls: true,
      clientName: 'relay',
      pingIntervalMs: 10_000,
    })
  })

  it('encrypts the connection if it has certificates', () => {
    expect(brokerOf('type = "nats"\naddresses = ["nats"]\nroot_certificate = "ca.pem"')).toMatchObject({
      tls: { rootCertificate: '/etc/wildcast/ca.pem' },
    })
  })

  it.each([
    ['{ Token = "t" }', { kind: 'token', token: 't' }],
    ['{ Token = { file = "/run/token" } }', { kind: 'token', token: 'from a file' }],
    ['{ User = { user = "u", password = "${PASSWORD}" } }', { kind: 'user', user: 'u', password: 'top secret' }],
    ['{ NKey = "SU" }', { kind: 'nkey', seed: 'SU' }],
    ['{ Jwt = { nkey_seed = "SU", jwt = "ey" } }', { kind: 'jwt', seed: 'SU', jwt: 'ey' }],
    ['{ CredentialsFile = "a.creds" }', { kind: 'credentialsFile', path: '/etc/wildcast/a.creds' }],
    ['{ CredentialsString = "c" }', { kind: 'credentials', text: 'c' }],
  ])('logs in by %s', (auth, expected) => {
    expect(brokerOf(`type = "nats"\naddresses = ["nats"]\nauth = ${auth}`)).toMatchObject({ auth: expected })
  })
})

describe('an MQTT broker', () => {
  it('has every setting under its name', () => {
    const settings = brokerOf(`
      type = "mqtt"
      address = "mqtts://mqtt"
      id = "relay"
      keep_alive = 2.5
      credentials = { username = "u", password = "p" }
      version = "3.1.1"
      max_packet_size = 100_000
      payload = "envelope"
      root_certificate = "ca.pem"`)
    expect(settings).toEqual({
      type: 'mqtt',
      address: 'mqtts://mqtt',
      id: 'relay',
      keepAliveMs: 2500,
      credentials: { username: 'u', password: 'p' },
      version: '3.1.1',
      maxPacketSize: 100_000,
      payload: 'envelope',
      tls: { rootCertificate: '/etc/wildcast/ca.pem' },
    })
  })

  it('accepts its version as a number, too', () => {
    expect(brokerOf('type = "mqtt"\naddress = "mqtt://mqtt"\nversion = 5')).toMatchObject({ version: '5' })
  })
})
