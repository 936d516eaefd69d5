// Type-checks every @example of the packages and every snippet of the READMEs: an example that does
// not compile is worse than none.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './needs.js'
import { run, script, tool } from './run.js'

/** The declarations that the examples of a package may use. */
const declarations = {
  'packages/protocol': "import { capture, type Params, parsePattern, parseSubject } from '@wildcast/protocol'",
  'packages/contract': `import { defineContract, type } from '@wildcast/contract'
import type { DataOf, PatternIn, SubjectIn } from '@wildcast/contract'
import type { api } from '../../packages/contract/src/testing/typed-client.js'`,
  'packages/client': `import { type Client, createClient, type Message, type Params } from '@wildcast/client'
import { classicMsgpack, msgpack } from '@wildcast/client/msgpack'
import { elect, lock } from '@wildcast/client/locks'
import { type ClientHistory, history } from '@wildcast/client/history'
import { outbox, watchOutbox } from '@wildcast/client/outbox'
import { memberCount, presence } from '@wildcast/client/presence'
import { stream } from '@wildcast/client/stream'
import { shareTabs } from '@wildcast/client/tabs'
import { traceMessage, tracing } from '@wildcast/client/tracing'
import { type Values, values } from '@wildcast/client/values'
interface Price { readonly price: number }
declare const client: Client
declare const store: Values
declare const log: ClientHistory
interface Chat { readonly text: string }
import { subscriptionStore } from '@wildcast/client/store'
declare const oldest: Message
declare const apple: Message & { readonly revision: string }
declare const poll: () => void
declare const pause: () => void
declare const handler: () => void
declare const signal: AbortSignal`,
  'packages/react': `import { useEffect } from 'react'
import { type Client, createClient, type Message } from '@wildcast/client'
import * as hooks from '@wildcast/react'
import { defineContract, type } from '@wildcast/contract'
import { createHooks } from '@wildcast/react/contract'
import { createSuspenseHooks } from '@wildcast/react/suspense'
import { useHistory } from '@wildcast/react/history'
import { useLeader, useLock } from '@wildcast/react/locks'
import { useOutbox } from '@wildcast/react/outbox'
import { useMemberCount, usePresence } from '@wildcast/react/presence'
import { followValues, requestMutation, requestQuery, valueMutation, valueQuery } from '@wildcast/react/tanstack'
import { dehydrate, prefetchHistory, prefetchValues } from '@wildcast/react/server'
import { useValue, useValues } from '@wildcast/react/values'
import { type QueryClient, useMutation, useQuery } from '@tanstack/react-query'
import { fill } from '../../packages/react/src/fill.js'
const { useCan, useConnection, usePublish, usePublishing, useReduce, useRequest } = hooks
const { useServe, useSubscription, WildcastProvider } = hooks
declare const root: { render(node: React.ReactNode): void }
const api = defineContract({ 'room.{room}.msg': { message: type<{ readonly text: string }>() } })
declare const App: () => React.ReactNode
declare const text: string
declare const message: hooks.Publishing
declare const client: Client
declare const queryClient: QueryClient
declare const startPolling: () => () => void`,
  'packages/testing': `import { type Client, createClient } from '@wildcast/client'
import type { Contract } from '@wildcast/contract'
import { createTestRelay, systemClock, type TestRelay } from '@wildcast/testing'
import { flushRelay, relayWrapper, renderWithRelay } from '@wildcast/testing/react'
import type { ComponentType, ReactNode } from 'react'
import { expect } from 'vitest'
declare const relay: TestRelay
declare const api: Contract
declare const client: Client
declare const ada: Client
declare const gaps: readonly unknown[]
declare const Goods: () => ReactNode
declare const render: (ui: ReactNode, options: { readonly wrapper: ComponentType<{ children?: ReactNode }> }) => void
declare const screen: { getByText(text: string): HTMLElement }`,
  'packages/vite': `import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { wildcast } from '@wildcast/vite'`,
  relay: `import { createServer, type RequestListener } from 'node:http'
import { attach, createRelay, defineComponent, http, jsonHttp, memory } from '@wildcast/relay'
import { type Attached, mqtt, nats, newId, realClock, redis, websocket } from '@wildcast/relay'
declare const relay: Attached
declare const app: RequestListener`,
}

/** Pages of documentation, by the package whose declarations their snippets may use. */
const pages = {
  'packages/client': 'README.md',
  'packages/contract': 'docs/contract.md',
  'packages/testing': 'docs/testing.md',
}

const folder = path.join(root, 'node_modules/.wildcast-examples')

/**
 * Returns the examples in the TSDoc of a source file: the rest of the line, or the lines up to the
 * next tag.
 */
function examplesOf(source) {
  const comments = source.match(/\/\*\*[\s\S]*?\*\//g) ?? []
  return comments.flatMap((comment) => {
    const lines = comment
      .replace(/\*\/$/, '')
      .split('\n')
      .map((line) => line.replace(/^\s*\/?\*+ ?/, ''))
    const text = lines.join('\n')
    return [...text.matchAll(/@example([\s\S]*?)(?=\n@|$)/g)].map(([, code]) => code.trim())
  })
}

/**
 * Returns the TypeScript snippets of a README, and the JavaScript ones, which must be valid
 * TypeScript.
 */
function snippetsOf(markdown) {
  return [...markdown.matchAll(/```(?:tsx?|js)\n([\s\S]*?)```/g)].map(([, code]) => code)
}

const isSource = (file) => /\.tsx?$/.test(file) && !/\.(test|test-d|contract)\.tsx?$/.test(file)

function sources(packageFolder) {
  const src = path.join(root, packageFolder, 'src')
  return readdirSync(src, { recursive: true })
    .filter(isSource)
    .map((file) => path.join(src, file))
}

/** Wraps code in a function, unless it is a module with exports or has its own imports. */
function wrap(code, header, i) {
  if (/^import /m.test(code)) return code
  if (/^export /m.test(code)) return `${header}\n${code}\n`
  return `${header}\nexport async function example${i}() {\n${code}\n}\n`
}

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
const files = []
for (const [name, header] of Object.entries(declarations)) {
  const examples = sources(name).flatMap((file) => examplesOf(readFileSync(file, 'utf8')))
  const page = pages[name] ? snippetsOf(readFileSync(path.join(root, pages[name]), 'utf8')) : []
  const own = name === 'relay' ? [] : snippetsOf(readFileSync(path.join(root, name, 'README.md'), 'utf8'))
  let contract = ''
  for (const [i, code] of [...examples, ...page, ...own].entries()) {
    const file = `${name.replace('/', '-')}-${i}`
    files.push(`${file}.tsx`)
    // The file that later snippets of a page import.
    if (code.startsWith('// contract.ts')) contract = `./${file}.js`
    writeFileSync(path.join(folder, files.at(-1)), wrap(code.replace('./contract.ts', contract), header, i))
  }
}
const tsconfig = {
  extends: '../../scripts/tsconfig.json',
  compilerOptions: { rootDir: '../..', noUnusedLocals: false, noUnusedParameters: false },
  include: [],
  files,
}
writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
console.log(`${files.length} examples`)
await script(async () => run(tool('typescript/bin/tsc', '-p', folder)))
