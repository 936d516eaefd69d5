import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { folderWith, run } from './command.js'
import { makeCertificates } from './servers/certificates.js'

// The seed of a user, for this test only.
const seed = 'SUAHWO4676JVFH4C3CMVE2Z3QKFICTQU3UJ4U7PXYCUX7HIBNX2WQG6ZGI'

/** Checks a folder of files, the first of which is the configuration. */
async function check(files: Readonly<Record<string, string>>): Promise<{ code: number | null; output: string }> {
  const [[name, text] = ['', ''], ...others] = Object.entries(files)
  const cwd = await folderWith(name, text)
  for (const [file, content] of others) await writeFile(path.join(cwd, file), content)
  const { code, out, err } = await run(['check'], { cwd })
  return { code, output: `${out}${err}` }
}

const memory = 'brokers.main.type = "memory"\n'
const component = (source: string): string =>
  `${memory}[[component]]\nid = "one"\nsource = "${source}"\ntrigger.subscription.Topic.topic = "a"\n`
const nats = (auth: string): string => `[brokers.main]\ntype = "nats"\naddresses = ["localhost"]\nauth = ${auth}\n`
const redis = (more: string): string => `[brokers.main]\ntype = "redis"\nurl = "rediss://localhost"\n${more}\n`

const { ca, server, client } = makeCertificates()
const pem = String(ca)
const broken = pem.replace(/\n.{20}/, '\nAAAAAAAAAAAAAAAAAAAA')

describe('wildcast check finds the errors of up', () => {
  const gateways: [string, string, boolean][] = [
    ['the same port', `port = 4000\n${memory}[[gateway]]\nport = 4000\n`, false],
    ['the default port', `${memory}[[gateway]]\nport = 3015\n`, false],
    ['a port in quotes', `port = "4000"\n${memory}[[gateway]]\nport = 4000\n`, false],
    ['one host, and all of them', `port = 4000\nhost = "127.0.0.1"\n${memory}[[gateway]]\nport = 4000\n`, false],
    [
      '0.0.0.0 and 127.0.0.1',
      `port = 4000\nhost = "0.0.0.0"\n${memory}[[gateway]]\nport = 4000\nhost = "127.0.0.1"`,
      false,
    ],
    [':: and 127.0.0.1', `port = 4000\nhost = "::"\n${memory}[[gateway]]\nport = 4000\nhost = "127.0.0.1"`, false],
    [
      'localhost and 127.0.0.1',
      `port = 4000\nhost = "localhost"\n${memory}[[gateway]]\nport = 4000\nhost = "127.0.0.1"`,
      false,
    ],
    ['two further gateways', `${memory}[[gateway]]\nport = 4000\n[[gateway]]\nport = 4000`, false],
    ['0.0.0.0 and ::1', `port = 4000\nhost = "0.0.0.0"\n${memory}[[gateway]]\nport = 4000\nhost = "::1"`, true],
    ['two addresses', `port = 4000\nhost = "127.0.0.1"\n${memory}[[gateway]]\nport = 4000\nhost = "127.0.0.2"`, true],
    ['any free port, twice', `port = 0\n${memory}[[gateway]]\nport = 0`, true],
  ]

  it.each(gateways)('two gateways on one port: %s', async (_, toml, fine) => {
    const { code, output } = await check({ 'wildcast.toml': toml })
    expect(output).toMatch(fine ? /is fine/ : /^wildcast\.toml:\d+: "port" .* already has; choose another\n$/)
    expect(code).toBe(fine ? 0 : 2)
  })

  it("two gateways on one port in the original's form, with different hosts", async () => {
    const http = (name: string, host: string): string =>
      `[trigger.brokers.${name}]\nbroker_type = "InMemoryBroker"\ngateway.Http = { port = 4000, host = "${host}" }\n`
    const { output } = await check({ 'spin.toml': `[trigger]\n${http('a', '0.0.0.0')}${http('b', '127.0.0.1')}` })
    expect(output).toBe(
      'spin.toml:7: "port" in [trigger.brokers.b.gateway.Http] is 4000, which the gateway of "a" already has; ' +
        'choose another\n',
    )
  })

  const files: [string, string, Readonly<Record<string, string>>, RegExp][] = [
    [
      'a root certificate that does not exist',
      redis('root_certificate = "no.pem"'),
      {},
      /^wildcast\.toml:4: "root_certificate" in \[brokers\.main\] names a file that does not exist/,
    ],
    [
      'a file that is not a certificate',
      redis('root_certificate = "ca.pem"'),
      { 'ca.pem': 'hello' },
      /:4: .* without a certificate/,
    ],
    [
      'a broken certificate',
      redis('root_certificate = "ca.pem"'),
      { 'ca.pem': broken },
      /:4: .* with a broken certificate/,
    ],
    [
      'a broken second certificate',
      redis('root_certificate = "ca.pem"'),
      { 'ca.pem': pem + broken },
      /:4: .* with a broken certificate/,
    ],
    ['a folder for a certificate', redis('root_certificate = "."'), {}, /:4: .* can't be read \(EISDIR\)/],
    [
      'a key that does not exist',
      redis('client_certificate = { certificate = "c.pem", key = "c.key" }'),
      { 'c.pem': String(client.cert) },
      /:4: "key" in \[brokers\.main\.client_certificate\] names a file that does not exist/,
    ],
    [
      'a file that is not a key',
      redis('client_certificate = { certificate = "c.pem", key = "c.key" }'),
      { 'c.pem': String(client.cert), 'c.key': pem },
      /:4: "key" .* without a private key/,
    ],
    [
      'the key of another certificate',
      redis('client_certificate = { certificate = "c.pem", key = "c.key" }'),
      { 'c.pem': String(client.cert), 'c.key': String(server.key) },
      /:4: "key" .* does not belong to "certificate"/,
    ],
    [
      'an NKey with a missing letter',
      nats(`{ NKey = "${seed.slice(0, -1)}" }`),
      {},
      /:4: "NKey" in \[brokers\.main\.auth\] is not the seed of a user/,
    ],
    [
      'an NKey with two letters swapped',
      nats(`{ NKey = "${seed.replace('HW', 'WH')}" }`),
      {},
      /:4: "NKey" .* is not the seed of a user/,
    ],
    ['an invalid JWT', nats(`{ Jwt = { nkey_seed = "${seed}", jwt = "a.b.c" } }`), {}, /:4: "jwt" .* is not a JWT/],
    [
      'a JWT of another user',
      nats(`{ Jwt = { nkey_seed = "${seed}", jwt = "e30.${Buffer.from('{"sub":"UA"}').toString('base64url')}.x" } }`),
      {},
      /:4: "jwt" .* is not for the user of "nkey_seed"/,
    ],
    [
      'a credentials file that does not exist',
      nats('{ CredentialsFile = "no.creds" }'),
      {},
      /:4: "CredentialsFile" .* does not exist/,
    ],
    [
      'a credentials file without credentials',
      nats('{ CredentialsFile = "a.creds" }'),
      { 'a.creds': 'x' },
      /:4: "CredentialsFile" .* does not have a JWT and a seed/,
    ],
    [
      'a component that does not parse',
      component('one.mjs'),
      { 'one.mjs': 'const a = 1\n\nexport default (' },
      /^one\.mjs:\d: component "one": it could not be loaded: Unexpected/,
    ],
    [
      'a component whose import does not parse',
      component('one.mjs'),
      { 'one.mjs': "import './two.mjs'\nexport default () => {}", 'two.mjs': '\nlet let = 1' },
      /^two\.mjs:2: component "one": it could not be loaded: /,
    ],
    [
      'a component whose import does not exist',
      component('one.mjs'),
      { 'one.mjs': "const a = 1\nimport './two.mjs'\nexport default () => {}" },
      /^one\.mjs:2: component "one": it could not be loaded: Cannot find module/,
    ],
    [
      'a component that throws',
      component('one.mjs'),
      { 'one.mjs': "const a = 1\nthrow new Error('at once')" },
      /^one\.mjs:2: component "one": it could not be loaded: at once/,
    ],
    [
      'a component without a default export',
      component('one.mjs'),
      { 'one.mjs': 'export const a = 1' },
      /^one\.mjs: component "one": it has no default export/,
    ],
    [
      'a component that is not a function',
      component('one.mjs'),
      { 'one.mjs': 'export default 1' },
      /^one\.mjs: component "one": its default export is a number/,
    ],
    ['a component that does not exist', component('no.mjs'), {}, /:4: "source" .* names a file that does not exist/],
    ['a folder that does not exist', `static = "no"\n${memory}`, {}, /:1: "static" names a folder that does not exist/],
    ['a host with a port', `host = "127.0.0.1:80"\n${memory}`, {}, /:1: "host" must be an address/],
    ['a misspelt type', '[brokers.main]\ntype = "reddis"\n', {}, /:2: "type" .* did you mean "redis"\?/],
    ['a misspelt mode', `websockets = "jsno"\n${memory}`, {}, /:1: "websockets" .* did you mean "json"\?/],
    [
      'a misspelt trigger',
      `${memory}[[component]]\nid = "a"\nsource = "a.mjs"\ntrigger.subscription.Topik.topic = "a"\n`,
      { 'a.mjs': '' },
      /:5: unknown key "Topik" .* did you mean "Topic"\?/,
    ],
    [
      'a misspelt key in a list of tables',
      `${memory}[[gateway]]\nport = 4000\nhosts = "a"\n`,
      {},
      /:4: unknown key "hosts" .* did you mean "host"\?/,
    ],
    ['a misspelt table', '[broker.main]\ntype = "memory"\n', {}, /:1: unknown key "broker"; did you mean "brokers"\?/],
    [
      'a misspelt trigger table',
      '[triger.brokers.main]\nbroker_type = "InMemoryBroker"\n',
      {},
      /:1: unknown key "triger"; did you mean "trigger"\?/,
    ],
  ]

  it.each(files)('%s', async (_, toml, others, wanted) => {
    const { code, output } = await check({ 'wildcast.toml': toml, ...others })
    expect(output).toMatch(wanted)
    expect(output).not.toContain(seed)
    expect(code).toBe(2)
  })

  const originals: [string, string, RegExp][] = [
    [
      'a misspelt broker type',
      '[trigger.brokers.a]\nbroker_type = { Redsi = "redis://a" }\n',
      /:2: unknown broker type "Redsi" .* did you mean "Redis"\?/,
    ],
    [
      'a misspelt word',
      '[trigger.brokers.a]\nbroker_type = "InMemoryBrokr"\n',
      /:2: "broker_type" .* did you mean "InMemoryBroker"\?/,
    ],
    [
      'a misspelt gateway',
      '[trigger.brokers.a]\nbroker_type = "InMemoryBroker"\ngateway.Htp = { port = 4000 }\n',
      /:3: unknown key "Htp" .* did you mean "Http"\?/,
    ],
    [
      'a misspelt mode',
      '[trigger.brokers.a]\nbroker_type = "InMemoryBroker"\ngateway.Http = { port = 4000, websockets = "Jsno" }\n',
      /:3: "websockets" .* did you mean "Json"\?/,
    ],
    [
      'a certificate that does not exist',
      '[trigger.brokers.a.broker_type.Nats]\naddresses = ["a"]\nroot_certificate = "no.pem"\n',
      /:3: "root_certificate" in \[trigger\.brokers\.a\.broker_type\.Nats\] names a file that does not exist/,
    ],
    [
      'a broken NKey',
      '[trigger.brokers.a.broker_type.Nats]\naddresses = ["a"]\nauth = { NKey = "SUAB" }\n',
      /:3: "NKey" .* is not the seed of a user/,
    ],
  ]

  it.each(originals)("in the original's form: %s", async (_, toml, wanted) => {
    const { code, output } = await check({ 'spin.toml': toml })
    expect(output).toMatch(wanted)
    expect(code).toBe(2)
  })

  const json: [string, object, RegExp][] = [
    [
      'a port twice',
      { port: 4000, brokers: { main: { type: 'memory' } }, gateway: [{ port: 4000 }] },
      /"port" in item 1 of "gateway" is 4000/,
    ],
    ['a misspelt type', { brokers: { main: { type: 'memmory' } } }, /did you mean "memory"/],
    [
      'a broken NKey',
      { brokers: { main: { type: 'nats', addresses: ['a'], auth: { NKey: 'SUX' } } } },
      /is not the seed of a user/,
    ],
    [
      'a certificate that does not exist',
      { brokers: { main: { type: 'mqtt', address: 'mqtts://a', root_certificate: 'no.pem' } } },
      /names a file that does not exist/,
    ],
    ['an invalid URL', { brokers: { main: { type: 'redis', url: 'redis://a:99999' } } }, /must be a URL such as/],
  ]

  it.each(json)('in JSON: %s', async (_, value, wanted) => {
    const { code, output } = await check({ 'wildcast.json': JSON.stringify(value, undefined, 2) })
    expect(output).toMatch(/^wildcast\.json:\d+: /)
    expect(output).toMatch(wanted)
    expect(code).toBe(2)
  })

  it('accepts a valid configuration, without a connection', async () => {
    let connections = 0
    const broker = createServer(() => connections++)
    await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void broker.close())
    const { port } = broker.address() as { readonly port: number }
    const toml = `port = ${port}\nhost = "127.0.0.1"
      [brokers.main]\ntype = "redis"\nurl = "rediss://127.0.0.1:${port}"\nroot_certificate = "ca.pem"
      client_certificate = { certificate = "c.pem", key = "c.key" }
      [brokers.other]\ntype = "nats"\naddresses = ["127.0.0.1:${port}"]\nauth = { NKey = "${seed}" }
      [[component]]\nid = "one"\nsource = "one.mjs"\ntrigger.subscription.Topic.topic = "a"\n`
    const { code, output } = await check({
      'wildcast.toml': toml,
      'ca.pem': pem,
      'c.pem': String(client.cert),
      'c.key': String(client.key),
      'one.mjs': 'setInterval(() => {}, 1000)\nexport default () => {}',
    })
    expect(output).toMatch(/is fine/)
    expect({ code, connections }).toEqual({ code: 0, connections: 0 })
  })
})
