// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a spin.toml
import { describe, expect, it } from 'vitest'
import { scriptedOutside } from '../../testing/scripted-outside.js'
import type { Config } from './config.js'
import { interpret } from './read-config.js'
import { tomlSource } from './source/toml-source.js'

const environment = scriptedOutside()

const read = (toml: string): Config => interpret(tomlSource(toml, 'spin.toml'), 'spin.toml', environment)

const memory = '[trigger.brokers.test]\nbroker_type = "InMemoryBroker"\n'

describe('a whole spin.toml', () => {
  it.each([
    [
      'of the first version',
      `spin_version = "1"
authors = ["somebody"]
description = ""
name = "example-app"
version = "0.1.0"
[variables]
greeting = { default = "\${NOT_OURS}" }
[trigger]
type = "message"
${memory}
[[component]]
id = "hello"
[component.build]
command = "echo \${NOT_OURS}"
`,
    ],
    [
      'of the second version',
      `spin_manifest_version = 2
[application]
name = "example-app"
${memory}
[component.hello]
source = "hello.wasm"
`,
    ],
  ])('%s is read for its brokers, with a note on components that are not run', (_, toml) => {
    const config = read(toml)
    expect([...config.brokers]).toEqual([['test', { type: 'memory' }]])
    expect(config.notes).toContain('component "hello" is not run: name a module of JavaScript or TypeScript')
  })

  it('may have brokers without gateways, with a note if no client can connect', () => {
    expect(read(memory)).toMatchObject({ gateways: [], notes: ['no broker has a gateway, so no client can connect'] })
  })

  it.each([
    [
      '[trigger]\ntype = "http"\nbrokers.test.broker_type = "InMemoryBroker"\n',
      'spin.toml:2: "type" in [trigger] must be "message"; Wildcast has no other triggers',
    ],
    ['name = "x"\nspin_version = "1"\n', 'spin.toml: "trigger" is missing; add it, with type = "message"'],
    [
      '[trigger]\ntype = "message"\n',
      'spin.toml:1: "brokers" in [trigger] is missing; add it, such as [trigger.brokers.main] with broker_type ' +
        '= "InMemoryBroker"',
    ],
    [
      `[trigger]\nbroker = 1\n[trigger.brokers]\n`,
      'spin.toml:2: unknown key "broker" in [trigger]; did you mean "brokers"?\nspin.toml:3: "brokers" in ' +
        '[trigger] must hold a broker; add one',
    ],
    [
      `${memory}[[bridge]]\n`,
      'spin.toml:3: "bridge" is not allowed beside [trigger]; remove it, or write [brokers.…] instead of ' +
        '[trigger.brokers.…]',
    ],
    [
      `${memory}gateway = "Http"\n`,
      'spin.toml:3: "gateway" in [trigger.brokers.test] must be a table of keys and values',
    ],
    [
      `${memory}[trigger.brokers.test.gateway.Http]\nwebsockets = "text"\n`,
      'spin.toml:3: "port" in [trigger.brokers.test.gateway.Http] is missing; add it, such as 3015\n' +
        'spin.toml:4: "websockets" in [trigger.brokers.test.gateway.Http] must be "BinaryBody", "TextBody", ' +
        '"Messagepack" or "Json"',
    ],
    [
      memory.replace('"InMemoryBroker"', '{ Rediz = "redis://redis" }'),
      'spin.toml:2: unknown broker type "Rediz" in [trigger.brokers.test.broker_type]; allowed: InMemoryBroker, ' +
        'Redis, Nats, NATs, Mqtt; did you mean "Redis"?',
    ],
    [
      '[trigger.brokers.a]\nbroker_type = "Redis"\n',
      'spin.toml:2: "broker_type" in [trigger.brokers.a] must be "InMemoryBroker", or a table such as { Redis = ' +
        '"redis://localhost:6379" }',
    ],
    [
      '[trigger.brokers.a]\nbroker_type = { Redis = "redis://a", Nats = { addresses = ["a"] } }\n',
      'spin.toml:2: "broker_type" in [trigger.brokers.a] must have exactly one of: InMemoryBroker, Redis, Nats, ' +
        'NATs, Mqtt',
    ],
    [
      '[trigger.brokers.a]\nbroker_type = 1\n',
      'spin.toml:2: "broker_type" in [trigger.brokers.a] must be a table with one of: InMemoryBroker, Redis, ' +
        'Nats, NATs, Mqtt',
    ],
  ])('describes in a sentence each what is wrong with %j', (toml, message) => {
    expect(() => read(toml)).toThrow(expect.objectContaining({ name: 'ConfigError', message }))
  })

  it('reports a port that two gateways have, even if there are other errors', () => {
    const broker = (name: string, port: number, host = ''): string =>
      `[trigger.brokers.${name}]\n[trigger.brokers.${name}.gateway.Http]\nport = ${port}\n${host}\n`
    expect(() => read(broker('a', 3005) + broker('b', 3005))).toThrow(
      'spin.toml:7: "port" in [trigger.brokers.b.gateway.Http] is 3005, which the gateway of "a" already has; ' +
        'choose another',
    )
    const others = (
      broker('a', 0) +
      broker('b', 0) +
      broker('c', 1, 'host = "::1"') +
      broker('d', 1, 'host = "127.0.0.1"')
    ).replaceAll(/(brokers\.\w\])/g, '$1\nbroker_type = "InMemoryBroker"')
    expect(read(others).gateways.map(({ port }) => port)).toEqual([0, 0, 1, 1])
  })
})
