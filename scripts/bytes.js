// Compares the size of the SDK in a page with its budget, in the worst of three bundlers.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { bundle, bundlers } from './bundlers.js'
import { root } from './needs.js'
import { run, tool } from './run.js'

const client = "import { createClient } from '@wildcast/client'"
const hooks = "import { usePublish, useSubscription, WildcastProvider } from '@wildcast/react'"

const decision = 'docs/decisions/0007-a-byte-budget.md'
/** Texts that name the figures, beside the package's own README. */
const texts = ['README.md', decision]

/**
 * The imports of an application, the limit of gzipped bytes that a page may load at once for them,
 * and modules that must be part of it or must not.
 */
const budgets = [
  {
    name: '@wildcast/client',
    source: `${client}\nglobalThis.app = [createClient]`,
    bytes: 14_464,
    readme: 'packages/client/README.md',
    used: ['client'],
    unused: ['classic', 'stream', 'subject-tree', 'json-codec', 'outbox', 'open-outbox', 'share-tabs'],
  },
  {
    name: '@wildcast/client and @wildcast/react',
    source: `${client}\n${hooks}\nglobalThis.app = [createClient, usePublish, useSubscription, WildcastProvider]`,
    bytes: 16_768,
    readme: 'packages/react/README.md',
    used: ['provider', 'use-publish', 'use-subscription'],
    unused: ['permissions', 'requesting', 'use-can', 'use-connection', 'use-publishing', 'use-request'],
  },
  {
    name: '@wildcast/contract',
    source: "import { defineContract, type } from '@wildcast/contract'\nglobalThis.app = [defineContract, type]",
    bytes: 8_992,
    readme: 'packages/contract/README.md',
    texts: [decision],
    used: ['define-contract', 'subject-tree'],
    unused: ['json-codec', 'light-json-codec', 'covers', 'segment-of'],
  },
  ...[
    { entry: 'client/values', names: 'values', bytes: 16_704, used: 'watch-values', unused: ['lock', 'presence'] },
    { entry: 'client/history', names: 'history', bytes: 15_904, used: 'watch-history', unused: ['lock', 'presence'] },
    { entry: 'client/locks', names: 'elect, lock', bytes: 16_224, used: 'elect', unused: ['watch-values'] },
    { entry: 'client/presence', names: 'presence', bytes: 16_608, used: 'presence', unused: ['set-value', 'lock'] },
    {
      entry: 'react/history',
      names: 'useHistory',
      bytes: 17_024,
      used: 'use-history',
      unused: ['lock', 'open-store'],
    },
    {
      entry: 'react/values',
      names: 'useValue, useValues',
      bytes: 18_304,
      used: 'use-value',
      unused: ['lock', 'open-store'],
    },
    {
      entry: 'react/locks',
      names: 'useLeader, useLock',
      bytes: 19_584,
      used: 'use-leader',
      unused: ['presence', 'open-store'],
    },
    {
      entry: 'react/presence',
      names: 'usePresence',
      bytes: 17_856,
      used: 'use-presence',
      unused: ['set-value', 'open-store'],
    },
  ].map(({ entry, names, used, ...rest }) => {
    const readme = `packages/${path.dirname(entry)}/README.md`
    const imports = `import { ${names} } from '@wildcast/${entry}'`
    const provider = entry.startsWith('react') ? "export { WildcastProvider } from '@wildcast/react'" : ''
    const source = [client, imports, provider, `globalThis.app = [createClient, ${names}]`].join('\n')
    return {
      ...rest,
      name: `@wildcast/client with @wildcast/${entry}`,
      source,
      readme,
      texts: [decision],
      used: [used],
    }
  }),
]

export async function checkBytes() {
  let passed = true
  for (const budget of budgets) {
    const { name, bytes, readme } = budget
    const outdated = [...(budget.texts ?? texts), readme].filter(
      (text) => !readFileSync(path.join(root, text), 'utf8').includes(bytes.toLocaleString('en')),
    )
    console.log(`${name}: at most ${bytes} bytes${outdated.map((text) => `; ${text} does not name it`).join('')}`)
    passed &&= outdated.length === 0
    for (const bundler of Object.keys(bundlers)) if (!(await fits(bundler, budget))) passed = false
  }
  return passed
}

async function fits(bundler, { source, bytes, used, unused }) {
  const { code, modules } = await bundle(bundler, source)
  const size = code.reduce((sum, chunk) => sum + gzipSync(chunk, { level: 9 }).length, 0)
  const has = (name) => modules.some((file) => file.endsWith(`/${name}.js`))
  const missing = used.filter((name) => !has(name))
  const needless = unused.filter(has)
  const faults = [
    ...(missing.length > 0 ? [`without ${missing.join(', ')}: the application is incomplete`] : []),
    ...(needless.length > 0 ? [`with ${needless.join(', ')}, which a page does not need at once`] : []),
  ]
  console.log(`  ${[`${bundler}: ${size} bytes`, ...faults].join('; ')}`)
  return size <= bytes && faults.length === 0
}

if (import.meta.filename === process.argv[1]) {
  run(tool('typescript/bin/tsc', '-b', 'packages/react', 'packages/contract'))
  process.exitCode = (await checkBytes()) ? 0 : 1
}
