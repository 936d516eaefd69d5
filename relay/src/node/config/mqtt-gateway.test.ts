import { describe, expect, it } from 'vitest'
import type { Config } from './config.js'
import { interpret } from './read-config.js'
import { tomlSource } from './source/toml-source.js'

const environment = {
  env: {},
  resolve: (file: string) => `/home/${file}`,
  readText: () => '',
  isFolder: () => true,
  isFile: () => true,
}

const main = '[brokers.main]\ntype = "memory"\n'

function read(keys: string): Config {
  const source = tomlSource(`${main}[[gateway]]\ntype = "mqtt"\n${keys}`, 'wildcast.toml')
  return interpret(source, 'wildcast.toml', environment)
}

describe('a gateway for MQTT', () => {
  it('has a port, those of its settings that are set, and TLS', () => {
    const keys = 'port = 8883\nbroker = "main"\nsession_expiry = "2h"\nmax_keep_alive = 60\nqueue = 10\n'
    const tls = 'tls = { certificate = "a.pem", key = "a.key" }\n'
    expect(read('port = 1883\n').gateways[1]).toMatchObject({ port: 1883, mqtt: {} })
    expect(read(`${keys}${tls}`).gateways[1]).toMatchObject({
      port: 8883,
      broker: 'main',
      tls: { certificate: '/home/a.pem', key: '/home/a.key' },
      mqtt: { sessionExpiryMs: 7_200_000, keepAlive: 60, queue: 10 },
    })
  })

  it.each([
    ['', '"port" in item 1 of "gateway" is missing; add it, such as 1883'],
    ['port = 3015\n', '"port" in item 1 of "gateway" is 3015, which the main gateway already has; choose another'],
    ['port = 1\nwebsockets = "json"\n', 'is for HTTP, and this port is for MQTT; remove it'],
    ['port = 1\nqueu = 3\n', 'did you mean "queue"?'],
    ['port = 1\nsession_expiry = "31d"\n', 'must be a number and s, m, h or d, such as "24h"; at most 30d'],
    ['port = 1\nbroker = "mian"\n', 'did you mean "main"?'],
  ])('is refused with %j', (keys, problem) => {
    expect(() => read(keys)).toThrow(problem)
  })

  it('of an unknown type is refused', () => {
    const source = tomlSource(`${main}[[gateway]]\ntype = "mqqt"\nport = 1\n`, 'wildcast.toml')
    expect(() => interpret(source, 'wildcast.toml', environment)).toThrow(
      '"type" in item 1 of "gateway" must be a known type of gateway: http, mqtt; did you mean "mqtt"?',
    )
  })
})
