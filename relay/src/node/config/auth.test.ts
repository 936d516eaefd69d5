import { beforeAll, describe, expect, it } from 'vitest'
import { hashSecret } from '../../auth/scrypt.js'
import type { Config } from './config.js'
import { ConfigError } from './config-error.js'
import { interpret } from './read-config.js'
import { tomlSource } from './source/toml-source.js'

const secret = 's'.repeat(32)
const outside = {
  env: { JWT_SECRET: secret },
  resolve: (file: string) => `/etc/wildcast/${file}`,
  readText: () => '{"keys":[]}',
  isFolder: () => true,
  isFile: (file: string) => /^(?:\/etc\/wildcast\/)?auth\.js$/.test(file),
}

const read = (toml: string): Config =>
  interpret(tomlSource(`brokers.main.type = "memory"\n${toml}`, 'wildcast.toml'), 'wildcast.toml', outside)

function problemsOf(toml: string): string {
  try {
    read(toml)
  } catch (cause) {
    if (cause instanceof ConfigError) return cause.message
    throw cause
  }
  return 'none'
}

let hash: string
beforeAll(async () => {
  hash = await hashSecret('opensesame')
})

describe('[auth]', () => {
  it('is read with all its tables', () => {
    const { auth } = read(`
      origins = ["https://shop.example"]
      [auth]
      anonymous = "guest"
      module = "auth.js"
      cookie = "session"
      explain = true
      [auth.jwt]
      key = "\${JWT_SECRET}"
      issuer = "us"
      audience = "relay"
      leeway_ms = 1000
      [auth.users.ada]
      password = "${hash}"
      role = "viewer"
      [auth.keys.robot]
      hash = "${hash}"
      role = "viewer"
      [roles.guest]
      subscribe = ["news.*"]
      [roles.viewer]
      publish = ["main:room.{user}.*"]
      deny.publish = ["room.*.secret"]`)
    expect(auth).toEqual({
      anonymous: 'guest',
      module: '/etc/wildcast/auth.js',
      cookie: 'session',
      explain: true,
      jwt: { key: secret, jwks: undefined, issuer: 'us', audience: 'relay', leewayMs: 1000 },
      users: { ada: { password: hash, role: 'viewer' } },
      keys: { robot: { hash, role: 'viewer' } },
      roles: {
        guest: { subscribe: ['news.*'] },
        viewer: { publish: ['main:room.{user}.*'], deny: { publish: ['room.*.secret'] } },
      },
    })
  })

  it('takes a key set from a file, and from a URL', () => {
    expect(read('[auth.jwt]\njwks = { file = "keys.json" }').auth?.jwt?.jwks).toEqual({ text: '{"keys":[]}' })
    const url = 'https://us.example/jwks.json'
    expect(read(`[auth.jwt]\njwks = "${url}"`).auth?.jwt?.jwks).toEqual({ url })
  })

  it.each([
    [
      '[auth]\nanonymous = "gest"\n[roles.guest]\nsubscribe = ["a"]',
      'wildcast.toml:3: "anonymous" in [auth] names no role; there are: guest; did you mean "guest"?',
    ],
    ['[auth]\nanonymous = "guest"', 'wildcast.toml:3: "anonymous" in [auth] names no role; add [roles.guest]'],
    [
      '[auth]\nmodule = "none.js"',
      'wildcast.toml:3: "module" in [auth] names a file that does not exist; create it or correct the path',
    ],
    ['[auth]\ncooky = "a"', 'wildcast.toml:3: unknown key "cooky" in [auth]; did you mean "cookie"?'],
    [
      '[auth.jwt]\nkey = "short"',
      'wildcast.toml:3: "key" in [auth.jwt]: the secret is too short; give 32 random bytes or more, such as of ' +
        '"openssl rand -base64 32"',
    ],
    [
      '[auth.jwt]\nissuer = "us"',
      'wildcast.toml:2: "jwt" in [auth]: a key or a key set is missing; give "key" or "jwks"',
    ],
    [
      '[auth.jwt]\njwks = "http://keys.example"',
      'wildcast.toml:3: "jwks" in [auth.jwt]: the URL of the key set must begin with https:// ' +
        '(http:// is for this machine)',
    ],
    [
      '[auth.users.ada]\npassword = "opensesame"\nrole = "viewer"\n[roles.viewer]\nsubscribe = ["a"]',
      'wildcast.toml:3: "password" in [auth.users.ada] must be a hash; "npx wildcast hash" prints one for ' +
        'a password or a new key',
    ],
    [
      '[auth]\n[roles.viewer]\nsubscribe = ["a..b"]',
      'wildcast.toml:4: item 1 of "subscribe" in [roles.viewer]: it is not a valid subject pattern, such ' +
        'as "room.*" or "main:room.{user}.**"',
    ],
    [
      '[auth]\n[roles.viewer]\nsubscribe = ["other:a"]',
      'wildcast.toml:4: item 1 of "subscribe" in [roles.viewer]: it names the broker "other"; there are: ' +
        'main; a subject with a colon is "*:other:a"',
    ],
    [
      '[auth]\n[roles.viewer]\nsubcribe = ["a"]',
      'wildcast.toml:4: unknown key "subcribe" in [roles.viewer]; did you mean "subscribe"?',
    ],
    ...['', 'origins = ["*"]\n', 'origins = ["https://a.example"]\ngateway = [{ port = 1 }]\n'].map((before) => [
      `${before}[auth]\ncookie = "session"`,
      `wildcast.toml:${before.split('\n').length + 2}: "cookie" in [auth] counts only for pages of listed origins; ` +
        'write origins = ["https://shop.example"] for every gateway',
    ]),
    ['[roles.viewer]\nsubscribe = ["a"]', 'wildcast.toml:2: "roles" has no effect without [auth]; add [auth]'],
  ])('%j is refused with the line and the remedy', (toml, problem) => {
    expect(problemsOf(toml)).toBe(problem)
  })

  const component =
    '[[component]]\nid = "one"\nsource = "auth.js"\nrole = "worker"\ntrigger.subscription.Topic.topic = "a"\n'

  it('gives a component the rules of its role, also without [auth]', () => {
    const { auth, components } = read(`${component}[roles.worker]\npublish = ["main:good.*"]`)
    expect({ auth, role: components[0]?.role }).toEqual({
      auth: undefined,
      role: { name: 'role "worker"', rules: { publish: ['main:good.*'] } },
    })
  })

  it('refuses a component whose role does not exist', () => {
    expect(problemsOf(component)).toBe(
      'wildcast.toml:5: "role" in item 1 of "component" names no role; add [roles.worker]',
    )
  })

  it('never shows a secret', () => {
    expect(problemsOf('[auth.jwt]\nkey = "hunter2"\nissuer = 5')).not.toContain('hunter2')
  })
})
