import { describe, expect, it } from 'vitest'
import { scriptedOutside } from '../../testing/scripted-outside.js'
import type { Config } from './config.js'
import { interpret } from './read-config.js'
import { tomlSource } from './source/toml-source.js'

const outside = scriptedOutside()

const read = (toml: string): Config => interpret(tomlSource(toml, 'spin.toml'), 'spin.toml', outside)

/** What the broker of one of the README's blocks is opened with. */
const brokerOf = (toml: string): unknown => read(toml).brokers.get('BROKER_NAME')

const example = `# Here we define the trigger message type
[trigger]
type = "message"

# This sets up a broker called "test", with the "InMemoryBroker" type.
[trigger.brokers.test]
broker_type = "InMemoryBroker"

# This sets up an HTTP gateway for the test broker on port 3005, and allowing full request/response serialization using JSON.
[trigger.brokers.test.gateway.Http]
port = 3_005
request_response = "Json"

# This sets up a broker called "secondary", which connects to a NATs server at the address "nats" (this is handled by docker compose treating that as a domain name).
[trigger.brokers.secondary.broker_type.Nats]
addresses = ["nats"]

# This sets up an HTTP gateway for the secondary broker on port 3006, and allowing websockets to subscribe to topics published on that broker.
[trigger.brokers.secondary.gateway.Http]
port = 3_006
websockets = "TextBody"
`

const memory = `[trigger.brokers.BROKER_NAME]
broker_type = "InMemoryBroker"
`

const redis = `[trigger.brokers.BROKER_NAME]
broker_type = { Redis = "redis://redis:6379" }
`

const nats = `[trigger.brokers.BROKER_NAME.broker_type.NATs]
# This is required, and contains a list of addresses for the nats servers
addresses = ["nats"]

# Optional - do the servers require tls. defaults to false
tls = true

# Optional - the interval for pings, in milliseconds.
pint_interval = 10_000

# Optional - path to root certificates
root_certificate = "/path/to/root/certificate"

# Optional - paths to client certificate files
client_certificate = { certificate = "/path/to/client/cert", key = "/path/to/client/key" }

# Optional - client name
client_name = "the client name"
`

const auths = {
  token: `# Token based auth
[trigger.brokers.BROKER_NAME.broker_type.NATs.auth]
Token = "token string"
`,
  user: `# Username & Password authentication
[trigger.brokers.BROKER_NAME.broker_type.NATs.auth]
User = { user = "username", password = "password" }
`,
  nkey: `# NKey authentication
[trigger.brokers.BROKER_NAME.broker_type.NATs.auth]
NKey = "NKey String"
`,
  jwt: `# JWT auth
[trigger.brokers.BROKER_NAME.broker_type.NATs.auth]
Jwt = { nkey_seed = "nkey seed", jwt = "jwt string" }
`,
  credentialsFile: `# Credentials File
[trigger.brokers.BROKER_NAME.broker_type.NATs.auth]
CredentialsFile = "/path/to/credentials/file"
`,
  credentials: `# Credentials String
[trigger.brokers.BROKER_NAME.broker_type.NATs.auth]
CredentialsString = "credentials string"
`,
}

const mqtt = `[trigger.brokers.BROKER_NAME.broker_type.Mqtt]
address = "mqtt://mqtt:1883"
# Optionally, you can also provide a client id. Otherwise one will be generated.
id = "my_id"
# Optionally, you can also provide the keep_alive duration, as a f32 in seconds
keep_alive = 5.0

# Optionally, you can also set up a username and password
[trigger.brokers.BROKER_NAME.broker_type.Mqtt.credentials]
username = "username"
password = "password"
`

const gateway = `[trigger.brokers.BROKER_NAME.gateway.Http]
# The port for the Http gateway
port = 3005

# An optional configuration for websockets - enabling their use for subscribing to subjects on the broker.
websockets = "BinaryBody"

# Possible Values:

# BinaryBody - will forward the message body directly as binary data
# TextBody - will transform the message body to a utf8 string, and forward the string to the client
# Messagepack - will serialize the input message object, containing the body (a vec of u8's), subject & broker name, to Messagepack 
# Json - will serialize the input message object, containing the body (a vec of u8's), subject & broker name, to Json 

# An optional configuration for enabling request/response patterns (with the /request/ route)
request_response = "Messagepack"

# Possible Values: 

# Messagepack - this will serialize the request into a Messagepack, publish it to the broker, and rely on messagepack for the response as well
# Json - this will serialize the request into Json, publish it to the broker, and rely on json for the response as well
`

const components = `[[component]]
id = "hello"
source = "./target/wasm32-wasi/release/example_app.wasm"
allowed_http_hosts = []
[component.trigger]
# Here we set up the broker we want to subscribe to
broker = "test"
[component.build]
command = "cargo build --target wasm32-wasi --release -p example-app"
[component.trigger.subscription.Topic]
# Here we set up the topic
topic = "hello.*"
# Here we set up alternative default publishing targets for this component - so by default it sends messages to the "good.bye" subject on the "secondary" broker
result = { default_broker = "secondary", default_subject = "good.bye" }
`

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
