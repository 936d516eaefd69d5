import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderWith, run } from './command.js'

const memory = 'brokers.main.type = "memory"\n'
const withHooks = `${memory}[auth]\nmodule = "auth.mjs"\n`

async function check(files: Readonly<Record<string, string>>): Promise<{ code: number | null; output: string }> {
  const cwd = await folderWith('empty', '')
  for (const [file, content] of Object.entries(files)) await writeFile(path.join(cwd, file), content)
  const { code, out, err } = await run(['check'], { cwd })
  return { code, output: `${out}${err}` }
}

/** Mistakes in `[auth]` and `[roles]`, and how they are reported. */
const faults: readonly [string, string, Readonly<Record<string, string>>, RegExp][] = [
  [
    'a module of hooks that does not parse',
    withHooks,
    { 'auth.mjs': 'const a = 1\n\nexport const authorize = (' },
    /^auth\.mjs:\d: "module" in \[auth\] can't be loaded: Unexpected/,
  ],
  [
    'a module of hooks that throws',
    withHooks,
    { 'auth.mjs': "const a = 1\nthrow new Error('at once')" },
    /^auth\.mjs:2: "module" in \[auth\] can't be loaded: at once/,
  ],
  [
    'a module of hooks that ends its process',
    withHooks,
    { 'auth.mjs': 'process.exit(0)' },
    /^auth\.mjs: "module" in \[auth\] can't be loaded: it ended its own thread/,
  ],
  [
    'a module without hooks',
    withHooks,
    { 'auth.mjs': 'export default () => {}' },
    /^auth\.mjs: "module" in \[auth\] exports neither "authenticate" nor "authorize"; export one of them/,
  ],
  [
    'a hook that is not a function',
    withHooks,
    { 'auth.mjs': 'export const authorize = true' },
    /^auth\.mjs: "module" in \[auth\] exports "authorize", which is not a function/,
  ],
  [
    'an unknown role',
    `${memory}[auth]\nanonymous = "guest"\n`,
    {},
    /:3: "anonymous" .* names no role; add \[roles\.guest\]/,
  ],
  [
    'an invalid rule',
    `${memory}[auth]\n[roles.a]\npublish = ["a..b"]\n`,
    {},
    /:4: item 1 of "publish" .* is not a valid/,
  ],
  ['a short key', `${memory}[auth.jwt]\nkey = "short"\n`, {}, /:3: "key" in \[auth\.jwt\]: the secret is too short/],
  [
    'one problem if the variable of a key is not set',
    `${memory}[auth.jwt]\nkey = "\${JWT_SECRET}"\n`,
    {},
    /^wildcast\.toml:3: "key" in \[auth\.jwt\] needs the environment variable JWT_SECRET, which is not set; set it\n$/,
  ],
  [
    'an invalid key set',
    `${memory}[auth.jwt]\njwks = "{}"\n`,
    {},
    /:3: "jwks" in \[auth\.jwt\]: the key set has no list "keys"/,
  ],
]

describe('wildcast check', () => {
  it.each(faults)('finds %s', async (_, toml, others, wanted) => {
    const { code, output } = await check({ 'wildcast.toml': toml, ...others })
    expect({ code, output }).toEqual({ code: 2, output: expect.stringMatching(wanted) })
  })

  it("finds [auth] in the original's form, which would have no effect", async () => {
    const toml = '[trigger.brokers.a]\nbroker_type = "InMemoryBroker"\n[auth]\nanonymous = "guest"\n'
    const { code, output } = await check({ 'spin.toml': toml })
    expect({ code, output }).toEqual({
      code: 2,
      output: expect.stringMatching(/^spin\.toml:3: "auth" is not allowed beside \[trigger\]; remove it, or write/),
    })
  })

  it('accepts a module of hooks that keeps a process alive, and calls no hook', async () => {
    const auth = "setInterval(() => {}, 1000)\nexport const authenticate = () => { throw new Error('called') }"
    const { code, output } = await check({ 'wildcast.toml': withHooks, 'auth.mjs': auth })
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('is fine') })
  })
})
