import { describe, expect, it } from 'vitest'
import type { Config } from './config.js'
import { homesOf } from './homes.js'
import { interpret } from './read-config.js'
import { tomlSource } from './source/toml-source.js'

const environment = {
  env: {},
  resolve: (file: string) => file,
  readText: () => '',
  isFolder: () => true,
  isFile: () => true,
}

const read = (toml: string): Config => interpret(tomlSource(toml, 'wildcast.toml'), 'wildcast.toml', environment)

const redis = (name: string, more = ''): string => `[brokers.${name}]\ntype = "redis"\nurl = "redis://redis"\n${more}\n`
const memory = (name: string): string => `[brokers.${name}]\ntype = "memory"\n`
const home = (name: string, brokers: string): string => `[namespaces.${name}]\nbrokers = { ${brokers} }\n`
const two = `${memory('one')}${memory('two')}`
const auth = '[auth]\nanonymous = "guest"\n[roles.guest]\nsubscribe = ["*"]\n'

describe('namespaces of a configuration', () => {
  it('name brokers as their clients do; the others are for clients without a namespace', () => {
    const config = read(`${memory('main')}${two}${home('shop', 'main = "two", log = "one"')}${auth}`)
    expect(config.namespaces).toEqual({ shop: { brokers: { main: 'two', log: 'one' } } })
    expect(homesOf(config)).toEqual([
      { namespace: undefined, brokers: new Map([['main', 'main']]) },
      {
        namespace: 'shop',
        brokers: new Map([
          ['main', 'two'],
          ['log', 'one'],
        ]),
      },
    ])
  })

  it('may be those of ports, users and keys; rules may have the names that their clients use', () => {
    const hash = `$scrypt$ln=14,r=8,p=5$${'A'.repeat(22)}$${'A'.repeat(43)}`
    const config = read(
      `${two}${home('shop', 'inner = "two"')}
      [[gateway]]
      port = 3010
      namespace = "shop"
      broker = "inner"
      [auth.users.ada]
      password = "${hash}"
      role = "guest"
      namespace = "shop"
      [auth.keys.robot]
      hash = "${hash}"
      role = "guest"
      namespace = "shop"
      [roles.guest]
      publish = ["inner:a"]`,
    )
    expect(config.gateways[1]).toMatchObject({ namespace: 'shop', broker: 'inner' })
    expect([config.auth?.users?.ada?.namespace, config.auth?.keys?.robot?.namespace]).toEqual(['shop', 'shop'])
  })

  it('have notes about a namespace that no client can enter, and about metrics', () => {
    expect(read(`${two}${home('shop', 'main = "two"')}`).notes).toEqual([
      'no client can enter namespace "shop"; add [auth], or a [[gateway]] that names it',
      'with namespaces only the port of "admin" has /metrics, which names all brokers; add "admin"',
    ])
  })
})

function problemsOf(toml: string): string {
  try {
    read(toml)
    return 'none'
  } catch (cause) {
    return (cause as Error).message
  }
}

describe('a configuration is refused', () => {
  it.each<[what: string, toml: string, problem: string]>([
    [
      'with a broker that does not exist',
      `${two}${home('shop', 'main = "twoo"')}`,
      'wildcast.toml:6: "main" in [namespaces.shop.brokers] names a broker that does not exist; did you mean "two"?',
    ],
    [
      'with a namespace without brokers',
      `${two}[namespaces.shop]\n`,
      'wildcast.toml:5: "brokers" in [namespaces.shop] is missing; add it, such as { main = "shop_main" }',
    ],
    [
      'with one broker in two namespaces',
      `${two}${home('shop', 'main = "two"')}${home('blog', 'main = "two"')}`,
      'wildcast.toml:8: "main" in [namespaces.blog.brokers] is "two", which namespace "shop" already has; ' +
        'name a broker of its own',
    ],
    [
      'with one prefix of two namespaces on one server',
      `${redis('one', 'prefix = "a:"')}${redis('two', 'db = 1\nprefix = "a:"')}` +
        `${home('shop', 'main = "one"')}${home('blog', 'main = "two"')}${auth}`,
      'wildcast.toml:9: "prefix" in [brokers.two] has subjects of broker "one" of namespace "shop", which is on the ' +
        'same server; give both a "prefix", neither of which begins with the other, such as "blog:"',
    ],
    [
      'with a prefix that begins with another one',
      `${redis('one', 'prefix = "a"')}${redis('two', 'prefix = "ab"')}${home('shop', 'main = "one"')}${auth}`,
      'wildcast.toml:4: "prefix" in [brokers.one] has subjects of broker "two" of no namespace, which is on the ' +
        'same server; give both a "prefix", neither of which begins with the other, such as "shop:"',
    ],
    [
      'without a prefix on the server of a namespace',
      `${redis('one')}${redis('two', 'prefix = "ab"')}${home('shop', 'main = "two"')}${auth}`,
      'wildcast.toml:8: "prefix" in [brokers.two] has subjects of broker "one" of no namespace, which is on the ' +
        'same server; give both a "prefix", neither of which begins with the other, such as "shop:"',
    ],
    [
      'with a port, user or key in a namespace that does not exist',
      `${two}${home('shop', 'main = "two"')}[[gateway]]\nport = 3010\nnamespace = "shopp"\n`,
      'wildcast.toml:9: "namespace" in item 1 of "gateway" names no namespace; there are: shop; did you mean "shop"?',
    ],
    [
      'with a port for a broker of another namespace',
      `${two}${home('shop', 'main = "two"')}[[gateway]]\nport = 3010\nbroker = "two"\n`,
      'wildcast.toml:9: "broker" in item 1 of "gateway" is no broker of clients without a namespace; there are: one',
    ],
    [
      'with a main port that no client can use',
      `${memory('two')}${home('shop', 'main = "two"')}`,
      'wildcast.toml:3: "namespaces" has every broker, and the main port serves none; add [auth], whose tokens name ' +
        'a namespace, or another broker',
    ],
    [
      'with a role that names no broker of any namespace',
      `${two}${home('shop', 'inner = "two"')}[auth]\nanonymous = "a"\n[roles.a]\npublish = ["outer:a"]`,
      'it names the broker "outer"; there are: one, two, inner',
    ],
  ])('%s', (_, toml, problem) => {
    expect(problemsOf(toml)).toContain(problem)
  })

  it.each<[what: string, one: string, two: string]>([
    ['another port', 'url = "redis://redis:6380"', ''],
    ['another host', 'url = "redis://other"', ''],
    ['prefixes apart', 'url = "redis://redis"\nprefix = "a:"', 'prefix = "b:"'],
  ])('but not with %s', (_, one, other) => {
    const brokers = `[brokers.one]\ntype = "redis"\n${one}\n${redis('two', other)}`
    expect(problemsOf(`${brokers}${home('shop', 'main = "one"')}${home('blog', 'main = "two"')}${auth}`)).toBe('none')
  })

  it.each<['redis' | 'nats' | 'mqtt', string, string, boolean]>([
    ['redis', 'url = "redis://LOCALHOST"', 'url = "redis://127.0.0.1:6379/3"', true],
    ['redis', 'url = "redis://a"\ncluster = ["b:7000"]', 'url = "redis://b:7000"', true],
    ['redis', 'url = "redis://a"\nsentinels = ["s:1"]\nsentinel_name = "m"', 'url = "redis://a"', false],
    ['nats', 'addresses = ["a", "b"]', 'addresses = ["nats://b:4222"]', true],
    ['nats', 'addresses = ["a"]\nprefix = "shop"', 'addresses = ["a"]\nprefix = "shop.eu"', true],
    ['nats', 'addresses = ["a"]\nprefix = "shop"', 'addresses = ["a"]\nprefix = "shops"', false],
    ['nats', 'addresses = ["a"]\nauth = { Token = "x" }', 'addresses = ["a"]\nauth = { Token = "y" }', false],
    ['mqtt', 'address = "mqtt://a"', 'address = "tcp://a:1883"', true],
    ['mqtt', 'address = "mqtt://a"', 'address = "mqtt://b"', false],
    ['mqtt', 'address = "mqtt://a"\nprefix = "shop"', 'address = "mqtt://a"\nprefix = "shop.eu"', true],
    ['mqtt', 'address = "mqtt://a"\nprefix = "shop"', 'address = "mqtt://a"\nprefix = "shops"', false],
  ])('if two brokers of %s are on one server: %s and %s', (type, one, other, isSame) => {
    const broker = (name: string, keys: string): string => `[brokers.${name}]\ntype = "${type}"\n${keys}\n`
    const toml = `${broker('one', one)}${broker('two', other)}${home('a', 'main = "one"')}${home('b', 'main = "two"')}`
    const problem = problemsOf(`${toml}${auth}`)
    expect(problem.includes('on the same server')).toBe(isSame)
    const remedies = { redis: '"b:"', nats: 'such as "b"', mqtt: 'such as "b"' }
    if (isSame) expect(problem).toContain(remedies[type])
  })
})

it.each(['shop.*', '$shop', '_shop', 'shop.', '.shop', 'request', 'response.shop', 'a b'])(
  'the prefix "%s" is refused on NATS and MQTT',
  (prefix) => {
    for (const server of ['type = "nats"\naddresses = ["a"]', 'type = "mqtt"\naddress = "mqtt://a"'])
      expect(problemsOf(`[brokers.main]\n${server}\nprefix = "${prefix}"\n`)).toContain(
        '"prefix" in [brokers.main] must be one or more segments of letters',
      )
  },
)
