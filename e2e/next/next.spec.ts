import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { BrowserContext, Locator, Page } from '@playwright/test'
import { freePort } from '../../relay/test/servers/free-port.js'
import { openProxy, type Proxy as RelayProxy } from '../proxy.js'
import { startRelay } from '../relay.js'
import { test as base, expect } from '../test.js'
import { installApp, type NextApp, type NextServer } from './next-app.js'

/** The built app, served by `next start`, and its relay behind a proxy that counts connections. */
interface Site {
  readonly app: NextApp
  readonly server: NextServer
  readonly proxy: RelayProxy
  /** The number of WebSockets that the build has opened. */
  readonly upgradesOfBuild: number
  /** A second port whose pages may use the relay. */
  readonly devPort: number
}

/** Opens a page in a window of its own, which is watched, and with a token as signed in. */
type Visit = (server: NextServer, path: string, token?: string) => Promise<Page>

const JWT_SECRET = 'a secret of the tests, of 32 bytes and more'

/** Writes the configuration of docs/nextjs.md for an app on other ports. Resolves with its path. */
async function configure(ports: readonly number[]): Promise<string> {
  const text = await readFile(path.join(import.meta.dirname, 'wildcast.toml'), 'utf8')
  const origins = ports.map((port) => `"http://localhost:${port}"`).join(', ')
  const file = path.join(await mkdtemp(path.join(tmpdir(), 'wildcast-')), 'wildcast.toml')
  await writeFile(file, text.replace('"http://localhost:3000"', origins))
  return file
}

const test = base.extend<{ readonly dev: NextServer; readonly visit: Visit }, { readonly site: Site }>({
  site: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads it to find the fixtures
    async ({}, use) => {
      const [port, devPort] = [await freePort(), await freePort()]
      const relay = await startRelay(['up', '--config', await configure([port, devPort])], { JWT_SECRET })
      const proxy = await openProxy(relay.port)
      const app = await installApp({ RELAY_URL: proxy.url, JWT_SECRET })
      await app.build()
      const upgradesOfBuild = proxy.upgrades
      const server = await app.serve('start', port)
      await use({ app, server, proxy, upgradesOfBuild, devPort })
      await server.stop()
      proxy.close()
      await relay.kill()
      await app.remove()
    },
    { scope: 'worker', timeout: 900_000 },
  ],
  dev: async ({ site: { app, devPort } }, use) => {
    const server = await app.serve('dev', devPort)
    await use(server)
    await server.stop()
  },
  visit: async ({ browser, watch }, use) => {
    const contexts: BrowserContext[] = []
    await use(async ({ url }, path, token) => {
      const context = await browser.newContext()
      contexts.push(context)
      watch(context, path)
      if (token) await context.addCookies([{ name: 'session', value: token, url }])
      const page = await context.newPage()
      await page.goto(`${url}${path}`)
      return page
    })
    for (const context of contexts) await context.close()
  },
})

// One after the other in one process: they share the build.
test.describe.configure({ mode: 'default' })

const region = (page: Page, name: string): Locator => page.getByRole('region', { name })
const rows = (page: Page, name: string): Locator => region(page, name).getByRole('listitem')
const follow = (page: Page, name: string): Promise<void> => page.getByRole('link', { name }).click()

/** Signs in as a program does. Resolves with the token of the cookie. */
async function tokenOf({ url }: NextServer): Promise<string> {
  const body = new URLSearchParams({ name: 'robot' })
  const answer = await fetch(`${url}/sign-in/session`, { method: 'POST', body, redirect: 'manual' })
  return /session=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '')?.[1] ?? ''
}

/** Publishes at the relay itself, with the token of the app. */
async function publish({ proxy, server }: Pick<Site, 'proxy' | 'server'>, path: string, body: string): Promise<void> {
  const method = path.startsWith('/value') ? 'PUT' : 'POST'
  const headers = { authorization: `Bearer ${await tokenOf(server)}` }
  const { status } = await fetch(`${proxy.url}${path}`, { method, body, headers })
  expect([202, 204]).toContain(status)
}

/** The subjects of the `Subscribe` frames that pages send, in order. */
function subscribesOf(page: Page): string[] {
  const subjects: string[] = []
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      for (const [, subject = ''] of String(payload).matchAll(/{"Subscribe":{"subject":"(.*?)"/g))
        subjects.push(subject)
    }),
  )
  return subjects
}

/** Signs in as a visitor: the browser loads the page again. */
async function signIn(page: Page): Promise<void> {
  await follow(page, 'Sign in')
  await page.getByLabel('Name').fill('ada')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(/\/$/)
}

/** The subscriptions of the page with every hook. */
const subjectsOfChecks = [
  ...['$presence.room.check.*', '$presence.room.check.*', 'check.*', 'leader.check', 'lock.check', 'lock.check'],
  ...['room.check.msg', 'value.*', 'value.check'],
]
const isOfChecks = (subject: string): boolean => subjectsOfChecks.includes(subject)

/** Uses every hook of the page for that. */
async function useEveryHook(page: Page, { mounts }: { readonly mounts: number }): Promise<void> {
  await expect(page.getByText(`mounts ${mounts}, online, last undefined of 0, undefined`)).toContainText('allowed true')
  for (const name of ['Publish', 'Lock', 'Request']) await page.getByRole('button', { name }).click()
  await expect(page.getByText(`mounts ${mounts}, online, last hi of 1, confirmed`)).toBeVisible()
  await expect(page.getByText('members 1 of 1')).toBeVisible()
  await expect(page.getByText('lock true, leader true, answer hi and bye')).toBeVisible()
}

/** The HTML before any script runs. */
const htmlOf = async ({ url }: NextServer, path: string): Promise<string> => (await fetch(`${url}${path}`)).text()

test('docs/nextjs.md has every file of the app', async () => {
  const text = await readFile(path.join(import.meta.dirname, '../../docs/nextjs.md'), 'utf8')
  const shown = [...text.matchAll(/^`(\S+)`:\n\n```\w+\n(.*?)^```$/gms)].map(([, name = '', code = '']) => [name, code])
  const all = await readdir(import.meta.dirname, { recursive: true })
  const names = all.filter((name) => /^app\/(?!checks).*\.tsx?$|^next\.config|\.toml$/.test(name))
  const files = names.map(async (name) => [name, await readFile(path.join(import.meta.dirname, name), 'utf8')])
  expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(await Promise.all(files)))
})

test('neither a build nor a server render opens a connection, and the HTML has the first state of every hook', async ({
  site: { proxy, server, upgradesOfBuild },
}) => {
  expect(await htmlOf(server, '/rooms/kitchen')).toContain('<p>loading</p><ul></ul><button disabled=""')
  expect(await htmlOf(server, '/')).toContain('<p>idle, idle</p><ul></ul>')
  const checks = await htmlOf(server, '/checks')
  expect(checks).toContain('<p>on the server: idle 3 function function function function function</p>')
  expect(checks).toContain('<p>mounts 0, idle, last undefined of 0, undefined, allowed undefined</p>')
  expect(checks).toContain('<p>history 0, value undefined of 0, members 0 of undefined</p>')
  expect(checks).toContain('<p>lock false, leader false, answer undefined</p>')
  expect([upgradesOfBuild, proxy.upgrades]).toEqual([0, 0])
})

test('the first HTML has what the server has fetched, and later values replace it', async ({ site, visit }) => {
  await publish(site, '/value/good.apple', '{"price":3}')
  expect(await htmlOf(site.server, '/')).toContain('<ul aria-label="Goods"><li>good.apple: 3</li></ul>')
  const page = await visit(site.server, '/')
  const goods = page.getByRole('list', { name: 'Goods' }).getByRole('listitem')
  await expect(goods).toHaveText(['good.apple: 3'])
  await publish(site, '/value/good.apple', '{"price":4}')
  await expect(goods).toHaveText(['good.apple: 4'])
})

test('a route that shows the same subject again within a second sends nothing, and has the messages at once', async ({
  site,
  visit,
}) => {
  const page = await visit(site.server, '/sign-in')
  const subscribes = subscribesOf(page)
  const toNews = (): string[] => subscribes.filter((subject) => subject === 'news.*')
  const leave = async (): Promise<void> => {
    await follow(page, 'Sign in')
    await expect(page.getByLabel('Name')).toBeVisible()
  }
  await page.clock.install()
  await page.reload()
  await follow(page, 'Goods')
  await expect(region(page, 'News')).toContainText('online, ready')
  await publish(site, '/publish/news.sports', 'first')
  await expect(rows(page, 'News')).toHaveText(['sports: first'])

  await follow(page, 'Kitchen')
  await expect(region(page, 'Messages')).toContainText('ready')
  await expect(rows(page, 'News')).toHaveText(['sports: first'])

  await page.clock.pauseAt(Date.now() + 60_000)
  await leave()
  await follow(page, 'Goods')
  await expect(rows(page, 'News')).toHaveText(['sports: first'])
  expect(toNews()).toHaveLength(1)

  await expect
    .poll(async () => {
      await leave()
      await page.clock.runFor(2000) // a second of the hook, and one of the client
      await follow(page, 'Goods')
      await expect(region(page, 'News')).toBeVisible()
      return toNews().length
    })
    .toBeGreaterThan(1)
})

test('the relay knows a visitor by the cookie of the app, from the next full load of a page', async ({
  site: { server },
  visit,
}) => {
  const page = await visit(server, '/rooms/kitchen')
  await expect(region(page, 'News')).toContainText('online, ready')
  await expect(page.getByRole('button', { name: 'Send hello' })).toBeDisabled()
  await signIn(page)
  await follow(page, 'Kitchen')
  await page.getByRole('button', { name: 'Send hello' }).click()
  await expect(rows(page, 'Messages')).toHaveText(['hello'])
  await page.reload()
  await expect(rows(page, 'Messages')).toHaveText(['hello'])
})

test('every hook works in components that React Compiler has compiled', async ({ site, visit }) => {
  const page = await visit(site.server, '/sign-in')
  await signIn(page)
  const subscribes = subscribesOf(page)
  await page.goto(`${site.server.url}/checks`)
  await useEveryHook(page, { mounts: 1 })
  expect(subscribes.filter(isOfChecks).sort()).toEqual(subjectsOfChecks)
  const scripts = await site.app.scripts()
  for (const text of ['"Goods"', '"News"', '"Messages"', '"Request"'])
    expect(scripts.filter((script) => script.includes(text)).join()).toContain('react.memo_cache_sentinel')
})

test('in StrictMode every hook works, each subscribes once, and a changed component keeps its messages', async ({
  site,
  dev,
  visit,
}) => {
  test.slow() // it compiles each route
  const page = await visit(dev, '/sign-in', await tokenOf(site.server))
  const subscribes = subscribesOf(page)
  await page.goto(`${dev.url}/checks`)
  await useEveryHook(page, { mounts: 2 })
  expect(subscribes.filter(isOfChecks).sort()).toEqual(subjectsOfChecks)

  await page.goto(`${dev.url}/rooms/kitchen`)
  await expect(region(page, 'News')).toContainText('online, ready')
  await publish(site, '/publish/news.sports', 'first')
  await expect(rows(page, 'News')).toHaveText(['sports: first'])
  const before = subscribes.length
  await expect(async () => {
    // Again and again: Next.js serves a page before it watches every file.
    await site.app.edit('app/news.tsx', 'aria-label="News"', 'aria-label="Headlines"')
    await expect(rows(page, 'Headlines')).toHaveText(['sports: first'], { timeout: 10_000 })
  }).toPass()
  expect(subscribes).toHaveLength(before)
})
