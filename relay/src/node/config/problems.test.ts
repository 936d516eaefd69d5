// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a configuration
import { describe, expect, it } from 'vitest'
import { ConfigError } from './config-error.js'
import { interpret } from './read-config.js'
import { jsonSource } from './source/json-source.js'
import { tomlSource } from './source/toml-source.js'

const environment = {
  env: { PASSWORD: 'top secret', URL: 'http://me:top-secret@redis' },
  resolve: (file: string) => file,
  readText: () => {
    throw Object.assign(new Error(), { code: 'EACCES' })
  },
  isFolder: () => false,
  isFile: (file: string) => file === 'hello.js',
}

/** Everything that is wrong with a text in TOML. */
function problemsOf(toml: string): string {
  try {
    interpret(tomlSource(toml, 'wildcast.toml'), 'wildcast.toml', environment)
  } catch (cause) {
    if (cause instanceof ConfigError) return cause.message
    throw cause
  }
  return 'none'
}

const main = 'brokers.main.type = "memory"\n'
const redis = '[brokers.main]\ntype = "redis"\nurl = "redis://redis"\n'
const nats = '[brokers.main]\ntype = "nats"\naddresses = ["nats"]\n'
const mqtt = '[brokers.main]\ntype = "mqtt"\naddress = "mqtt://mqtt"\n'

describe('a configuration error is described in one sentence', () => {
  it.each([
    // Keys
    [
      '[brokers.main]\ntype = "mqtt"\nadress = "mqtt://mqtt"',
      'wildcast.toml:1: "address" in [brokers.main] is missing; add it, such as "mqtt://localhost:1883"\n' +
        'wildcast.toml:3: unknown key "adress" in [brokers.main]; did you mean "address"?',
    ],
    [`prt = 1\n${main}`, 'wildcast.toml:1: unknown key "prt"; did you mean "port"?'],
    ['[brokers.a]\ntype="memory"\np = 1', 'wildcast.toml:3: unknown key "p" in [brokers.a]; allowed: store, history'],
    [
      `${mqtt}client_certificate = { key = "k" }`,
      'wildcast.toml:4: "certificate" in [brokers.main.client_certificate] is missing; add it, such as "client.pem"',
    ],
    ...['__proto__', 'constructor', 'prototype'].map((key): [string, string] => [
      `${main}[brokers.${key}]\ntype = "memory"`,
      `wildcast.toml:2: "${key}" in [brokers] has a reserved name; choose another`,
    ]),
    // Components
    [
      `${main}[[component]]\nid = "a"\n`,
      'wildcast.toml:2: "source" in item 1 of "component" is missing; add it, such as "components/hello.js"\n' +
        'wildcast.toml:2: "trigger" in item 1 of "component" is missing; add it, such as [component.trigger]',
    ],
    [
      `${main}[[component]]\nid = "a"\nsource = "nowhere.js"\ntrigger.subscription.Topic.topic = "a"`,
      'wildcast.toml:4: "source" in item 1 of "component" names a file that does not exist; create it or ' +
        'correct the path',
    ],
    [
      `${main}[[component]]\nid = "a"\nsource = "a.wasm"\ntrigger.subscription.Topic.topic = "a"`,
      'wildcast.toml:4: "source" in item 1 of "component" must name a module of JavaScript or TypeScript',
    ],
    [
      `${main}[[component]]\nid = "a"\nsource = "hello.js"\ntrigger.subscription.Topci.topic = "a"`,
      'wildcast.toml:5: unknown key "Topci" in "subscription" in "trigger" in item 1 of "component"; allowed: ' +
        'Topic, Queue, Request; did you mean "Topic"?',
    ],
    [
      `${main}[[component]]\nid = "a"\nsource = "hello.js"\ntrigger.subscription.Topic.topic = "a b"`,
      'wildcast.toml:5: "topic" in "Topic" in "subscription" in "trigger" in item 1 of "component": "a b" is ' +
        'not a valid subject: it has white space or a control character',
    ],
    [
      `${main}[[component]]\nid = "a"\nsource = "hello.js"\ntrigger = { broker = "mian", ` +
        'subscription.Topic.topic = "a" }',
      'wildcast.toml:5: "broker" in "trigger" in item 1 of "component" names a broker that does not exist; did ' +
        'you mean "main"?',
    ],
    [
      `${main}[[component]]\nid = "a"\nsource = "hello.js"\ntrigger.subscription.Request = { path = "a b" }`,
      'wildcast.toml:5: "path" in "Request" in "subscription" in "trigger" in item 1 of "component" must be a ' +
        'path such as "test/*/hello"; "*" matches one segment',
    ],
    [
      `${main}${'[[component]]\nid = "a"\nsource = "hello.js"\ntrigger.subscription.Topic.topic = "a"\n'.repeat(2)}`,
      'wildcast.toml:6: item 2 of "component" has the id of another component, "a"; give it one of its own',
    ],
    // Types
    [`port = "http"\n${main}`, 'wildcast.toml:1: "port" must be a whole number, from 0 to 65535'],
    [`port = 65_536\n${main}`, 'wildcast.toml:1: "port" must be a whole number, from 0 to 65535'],
    [`port = 80.5\n${main}`, 'wildcast.toml:1: "port" must be a whole number, from 0 to 65535'],
    [`timeout = 0\n${main}`, 'wildcast.toml:1: "timeout" must be a whole number of milliseconds, from 1 to 300000'],
    [`workers = 0\n${main}`, 'wildcast.toml:1: "workers" must be a whole number, from 1 to 256'],
    [`host = 1\n${main}`, 'wildcast.toml:1: "host" must be text, in quotes'],
    [`host = ""\n${main}`, 'wildcast.toml:1: "host" must not be empty; fill it in or leave it out'],
    [
      `websockets = "Json"\n${main}`,
      'wildcast.toml:1: "websockets" must be "binary", "text", "messagepack" or "json"; did you mean "json"?',
    ],
    [
      `origins = ["https://shop.example/"]\n${main}`,
      'wildcast.toml:1: item 1 of "origins" must be an origin such as "https://shop.example", without a path; ' +
        'or "*" for all',
    ],
    [
      `static = "dist"\n${main}`,
      'wildcast.toml:1: "static" names a folder that does not exist; create it or correct the path',
    ],
    [`${redis}sharded = 1`, 'wildcast.toml:4: "sharded" in [brokers.main] must be true or false'],
    [`${redis}options = []`, 'wildcast.toml:4: "options" in [brokers.main] must be a table of ioredis options'],
    [
      `${redis}cluster = "redis:1"`,
      'wildcast.toml:4: "cluster" in [brokers.main] must be a list, such as ["localhost:7000", "localhost:7001"]',
    ],
    [
      `${mqtt}keep_alive = 0`,
      'wildcast.toml:4: "keep_alive" in [brokers.main] must be a number of seconds, from 1 to 65535',
    ],
    [`${mqtt}version = 4`, 'wildcast.toml:4: "version" in [brokers.main] must be "5" or "3.1.1"'],
    [`${mqtt}payload = "base64"`, 'wildcast.toml:4: "payload" in [brokers.main] must be "raw" or "envelope"'],
    [`${mqtt}credentials = "u"`, 'wildcast.toml:4: "credentials" in [brokers.main] must be a table of keys and values'],
    [nats.replace('["nats"]', '[]'), 'wildcast.toml:3: "addresses" in [brokers.main] must not be empty; add one'],
    [
      `${nats}auth = { file = "auth.toml" }`,
      'wildcast.toml:4: "auth" in [brokers.main] could not be read from "auth.toml" (EACCES); correct the path',
    ],
    // Addresses
    [
      nats.replace('["nats"]', '["nats://me:top%secret@nats"]'),
      'wildcast.toml:3: item 1 of "addresses" in [brokers.main] has a "%" that begins no escape; write "%25" ' +
        'for it, or log in with "auth"',
    ],
    [
      redis.replace('redis://', 'http://'),
      'wildcast.toml:3: "url" in [brokers.main] begins with "http://"; allowed: redis://, rediss://, such as ' +
        '"redis://localhost:6379"',
    ],
    [
      redis.replace('redis://', ''),
      'wildcast.toml:3: "url" in [brokers.main] must be a URL such as "redis://localhost:6379"',
    ],
    [
      redis.replace('redis://redis', 'redis://'),
      'wildcast.toml:3: "url" in [brokers.main] must be a URL such as "redis://localhost:6379"',
    ],
    [
      nats.replace('"nats"]', '"nats", "ws://nats", "a b"]'),
      'wildcast.toml:3: item 2 of "addresses" in [brokers.main] begins with "ws://"; allowed: nats://, tls://, ' +
        'such as "nats://localhost:4222"\nwildcast.toml:3: item 3 of "addresses" in [brokers.main] must be a URL ' +
        'such as "nats://localhost:4222"',
    ],
    [
      `${redis}cluster = ["redis"]`,
      'wildcast.toml:4: item 1 of "cluster" in [brokers.main] must be a host and a port, such as "localhost:7000"',
    ],
    // What does not go together
    [
      `${redis}root_certificate = "ca.pem"`,
      'wildcast.toml:1: "main" in [brokers] has certificates, but its link is not encrypted; write the URL as ' +
        'rediss://…',
    ],
    [
      `${mqtt}root_certificate = "ca.pem"`,
      'wildcast.toml:1: "main" in [brokers] has certificates, but its link is not encrypted; write the address ' +
        'as mqtts://…',
    ],
    [
      `${nats}tls = false\nroot_certificate = "ca.pem"`,
      'wildcast.toml:1: "main" in [brokers] has certificates, but its link is not encrypted; write tls = true, ' +
        'or remove the certificates',
    ],
    [
      `${redis}cluster = ["a:1"]\nsentinels = ["a:1"]\nsentinel_name = "m"`,
      'wildcast.toml:1: "main" in [brokers] has both "cluster" and "sentinels"; remove one',
    ],
    [
      `${redis}sentinels = ["a:1"]`,
      'wildcast.toml:1: "main" in [brokers] must have both "sentinels" and "sentinel_name", the name of their ' +
        'master, or neither',
    ],
    [
      `${nats}auth = { Token = "a", NKey = "b" }`,
      'wildcast.toml:4: "auth" in [brokers.main] must have exactly one of: Token, User, NKey, Jwt, ' +
        'CredentialsFile, CredentialsString',
    ],
    [
      `${nats}auth = { Tokn = "a" }`,
      'wildcast.toml:4: unknown way to log in "Tokn" in [brokers.main.auth]; allowed: Token, User, NKey, Jwt, ' +
        'CredentialsFile, CredentialsString; did you mean "Token"?',
    ],
    // Brokers
    ['', 'wildcast.toml: "brokers" is missing; add it, such as [brokers.main] with type = "memory"'],
    ['brokers = {}', 'wildcast.toml:1: "brokers" must hold a broker; add one'],
    ['brokers = []', 'wildcast.toml:1: "brokers" must be a table of keys and values'],
    ['brokers.main = "memory"', 'wildcast.toml:1: "main" in [brokers] must be a table of keys and values'],
    [
      '[brokers.main]\ntype = "kafka"',
      'wildcast.toml:2: "type" in [brokers.main] must be a known type of broker: memory, redis, nats, mqtt',
    ],
    [
      '[brokers.main]\ntype = 5',
      'wildcast.toml:2: "type" in [brokers.main] must be a known type of broker: memory, redis, nats, mqtt',
    ],
    [
      '[brokers.main]',
      'wildcast.toml:1: "type" in [brokers.main] must be a known type of broker: memory, redis, nats, mqtt',
    ],
    [
      'brokers."a:b".type = "memory"',
      'wildcast.toml:1: "…" in [brokers]: the name of a broker is a letter, then letters, digits, "-" or "_"',
    ],
    [
      `default = "mian"\n${main}`,
      'wildcast.toml:1: "default" names a broker that does not exist; did you mean "main"?',
    ],
    [`default = "other"\n${main}`, 'wildcast.toml:1: "default" names a broker that does not exist; there are: main'],
    // Bridges
    [
      `${main}[[bridge]]\nfrom = "sensors:a"\nto = "nowhere"`,
      'wildcast.toml:3: "from" in item 1 of "bridge" names a broker that does not exist; there are: main\n' +
        'wildcast.toml:4: "to" in item 1 of "bridge" names a broker that does not exist; there are: main',
    ],
    [
      `${main}[[bridge]]\nfrom = "main:a"\nto = "main"`,
      'wildcast.toml:2: item 1 of "bridge" leads from a broker to itself; name another in "to"',
    ],
    [
      `${main}[[bridge]]\nfrom = "main"\nto = "main"`,
      'wildcast.toml:3: "from" in item 1 of "bridge" must be a broker and a pattern, such as "sensors:temp.**"',
    ],
    [
      `${main}[[bridge]]\nfrom = "main:a/b"\nto = "main"`,
      expect.stringMatching(
        /^wildcast\.toml:3: "from" in item 1 of "bridge" has no valid pattern: .*are joined by "\.", not "\/"$/,
      ),
    ],
    [
      `${redis}[brokers.other]\ntype = "memory"\n[[bridge]]\nfrom = "main:a.*"\nto = "other"\n[[bridge]]\nfrom ` +
        '= "other:**"\nto = "main"',
      'wildcast.toml:6: bridges carry messages in a circle, main → other → main, and "main" has no headers to ' +
        'record their path; make their patterns differ',
    ],
    [`${main}[bridge]\nfrom = "main:a"`, 'wildcast.toml:2: "bridge" must be a list of tables: write [[bridge]]'],
    // From outside
    [
      `${redis}password = "\${NOPE}"`,
      'wildcast.toml:4: "password" in [brokers.main] needs the environment variable NOPE, which is not set; set it',
    ],
    [
      `${redis}password = { file = "/run/p" }`,
      'wildcast.toml:4: "password" in [brokers.main] could not be read from "/run/p" (EACCES); correct the path',
    ],
    [
      '[brokers.main]\ntype = "redis"\nurl = "${NOPE}"',
      'wildcast.toml:3: "url" in [brokers.main] needs the environment variable NOPE, which is not set; set it',
    ],
  ])('%j', (toml, message) => {
    expect(problemsOf(toml)).toEqual(message)
  })

  it('lists all errors, ordered by line', () => {
    expect(problemsOf(`port = -1\n${redis}db = "a"\n[brokers.b]\ntype = "x"\n`)).toMatch(
      /^\S+:1: .*\n\S+:5: .*\n\S+:7: .*$/,
    )
  })

  it('never shows a value that may be secret', () => {
    const message = problemsOf(
      '[brokers.a]\ntype = "redis"\nurl = "${URL}"\npassword = ["${PASSWORD}"]\n"${PASSWORD}" = 1\n' +
        '[brokers.b]\ntype = "nats"\naddresses = ["${URL}", "me:top-secret@:nats"]\nauth = "${PASSWORD}"\n' +
        'client_name = 1\n',
    )
    expect(message.split('\n')).toHaveLength(7)
    expect(message).not.toMatch(/top.secret/)
  })
})

it('finds the same errors in JSON as in TOML, and duplicate keys', () => {
  const text = '{"brokers": {\n"main": {"type": "memory"},\n"main": {"type": "memory"}},\n"prt": 1}'
  expect(() => interpret(jsonSource(text, 'wildcast.json'), 'wildcast.json', environment)).toThrow(
    expect.objectContaining({
      message:
        'wildcast.json:3: "main" in [brokers] is defined twice, first in line 2; rename or remove one of the two\n' +
        'wildcast.json:4: unknown key "prt"; did you mean "port"?',
    }),
  )
})

it.each([[undefined], [null], [1], ['x'], [[]]])('rejects %j as a configuration', (value) => {
  const source = { value, faults: [], lineOf: () => undefined }
  expect(() => interpret(source, 'wildcast.mjs', environment)).toThrow(
    'wildcast.mjs: it must be a table of keys and values',
  )
})
