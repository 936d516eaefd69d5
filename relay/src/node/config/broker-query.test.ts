// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a query
import { expect, it } from 'vitest'
import { brokerOfQuery } from './broker-query.js'

const environment = {
  env: { PASSWORD: 'a+b&c=%d' },
  resolve: (file: string) => `/cwd/${file}`,
  readText: () => 'from a file\n',
  isFolder: () => true,
  isFile: () => true,
}

const read = (query: string) => brokerOfQuery(query, '--broker', environment)

it.each([
  ['InMemoryBroker', { type: 'memory' }],
  ['InMemoryBroker=', { type: 'memory' }],
  ['Redis=redis://redis:6379', { type: 'redis', url: 'redis://redis:6379' }],
  ['Redis=redis://redis:6379/0?a=b', { type: 'redis', url: 'redis://redis:6379/0?a=b' }],
  ['Nats[addresses][0]=nats', { type: 'nats', addresses: ['nats'] }],
  ['NATs[addresses][]=a&NATs[addresses][]=b', { type: 'nats', addresses: ['a', 'b'] }],
  [
    'Nats[addresses][0]=nats&Nats[tls]=true&Nats[ping_interval]=10000&' +
      'Nats[auth][User][user]=u&Nats[auth][User][password]=${PASSWORD}',
    {
      type: 'nats',
      addresses: ['nats'],
      tls: true,
      pingIntervalMs: 10_000,
      auth: { kind: 'user', user: 'u', password: 'a+b&c=%d' },
    },
  ],
  [
    'Nats[addresses][0]=nats&Nats[auth][Jwt][nkey_seed][file]=/run/seed&Nats[auth][Jwt][jwt]=ey',
    { type: 'nats', addresses: ['nats'], auth: { kind: 'jwt', seed: 'from a file', jwt: 'ey' } },
  ],
  ['Mqtt[address]=mqtt://mqtt:1883', { type: 'mqtt', address: 'mqtt://mqtt:1883' }],
  [
    'Mqtt[address]=mqtts://mqtt&Mqtt[keep_alive]=2.5&' +
      'Mqtt[credentials][username]=u&Mqtt[credentials][password]=p&Mqtt[root_certificate]=ca.pem',
    {
      type: 'mqtt',
      address: 'mqtts://mqtt',
      keepAliveMs: 2500,
      credentials: { username: 'u', password: 'p' },
      tls: { rootCertificate: '/cwd/ca.pem' },
    },
  ],
])('reads %s', (query, settings) => {
  expect(read(query)).toEqual(settings)
})

it.each([
  ['Kafka=x', '--broker: unknown broker type "Kafka"; allowed: InMemoryBroker, Redis, Nats, NATs, Mqtt'],
  ['', '--broker: it must have exactly one of: InMemoryBroker, Redis, Nats, NATs, Mqtt'],
  ['Redis=redis://a&InMemoryBroker', '--broker: it must have exactly one of: InMemoryBroker, Redis, Nats, NATs, Mqtt'],
  ['Redis=redis', '--broker: "Redis" must be a URL such as "redis://localhost:6379"'],
  ['Nats[addresses]=nats', '--broker: "addresses" in [Nats] must be a list, such as ["nats://localhost:4222"]'],
  [
    'Mqtt[address]=mqtt://m&Mqtt[keepalive]=5',
    '--broker: unknown key "keepalive" in [Mqtt]; did you mean "keep_alive"?',
  ],
  ['Redis=${NOPE}', '--broker: "Redis" needs the environment variable NOPE, which is not set; set it'],
])('describes in one sentence what is wrong with %j', (query, message) => {
  expect(() => read(query)).toThrow(expect.objectContaining({ name: 'ConfigError', message }))
})

it('never shows a URL in the place of a broker type', () => {
  expect(() => read('redis://me:secret@redis')).toThrow('--broker: unknown broker type "…"; allowed: ')
})
