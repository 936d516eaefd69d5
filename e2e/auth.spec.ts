import { type BrowserContext, test as base, expect, type Locator, type Page } from '@playwright/test'
import { WildcastError } from '@wildcast/protocol'
import {
  type Authenticate,
  Grants,
  health,
  http,
  memory,
  newId,
  type RelayServer,
  realClock,
  serveRelay,
  streamEndpoint,
  websocket,
} from '@wildcast/relay'
import { pageScript } from './page-script.js'

/** A relay in this process, at which each user has a room. */
interface AuthRelay {
  readonly url: string
  readonly server: RelayServer
  /** Users that are no longer accepted. */
  readonly revoked: Set<string>
}

/** The source of the tokens of a page. */
interface Login {
  readonly user: string
  /** How long a token is valid, in milliseconds. */
  readonly lifeMs: number
}

/** The name of a user and when the token expires, as JSON. */
const tokenOf = ({ user, lifeMs }: Login): string => JSON.stringify({ user, expiresAt: Date.now() + lifeMs })

const authenticate =
  (revoked: ReadonlySet<string>): Authenticate =>
  async ({ token = '{}' }) => {
    const { user, expiresAt } = JSON.parse(token) as { user: string; expiresAt: number }
    if (revoked.has(user)) throw new WildcastError('unauthorized', 'this user is not accepted; sign in again')
    if (expiresAt < Date.now()) throw new WildcastError('token_expired', 'the token has expired; sign in again')
    const rules = { publish: ['room.{user}'], subscribe: ['room.{user}'] }
    return { user, claims: {}, expiresAt, grants: new Grants([{ name: 'member', rules }], { user, claims: {} }) }
  }

const test = base.extend<
  { readonly relay: AuthRelay; readonly visit: (login: Login) => Promise<Page> },
  { readonly script: string }
>({
  script: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads it to find the fixtures
    async ({}, use) => {
      await use(await pageScript('auth-page.tsx'))
    },
    { scope: 'worker' },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads it to find the fixtures
  relay: async ({}, use) => {
    const revoked = new Set<string>()
    const server = await serveRelay({
      brokers: { test: memory({ clock: realClock, newId }) },
      gateways: [http, health, streamEndpoint, websocket({ mode: 'json' })],
      authenticate: authenticate(revoked),
      port: 0,
      host: '127.0.0.1',
      onError: () => {},
    })
    await use({ server, revoked, url: `http://127.0.0.1:${server.port}` })
    await server.close()
  },
  visit: async ({ browser, relay, script }, use) => {
    const contexts: BrowserContext[] = []
    await use(async (login) => {
      const context = await browser.newContext()
      contexts.push(context)
      const page = await context.newPage()
      await page.route('**/page', (route) =>
        route.fulfill({
          contentType: 'text/html',
          body: `<!doctype html><body><script type="module" src="/script.js"></script>`,
        }),
      )
      await page.route('**/script.js', (route) => route.fulfill({ contentType: 'text/javascript', body: script }))
      await page.route('**/token?*', (route) => route.fulfill({ contentType: 'text/plain', body: tokenOf(login) }))
      await page.goto(`${relay.url}/page`)
      return page
    })
    for (const context of contexts) await context.close()
  },
})

const room = (page: Page, name: string): Locator => page.getByRole('region', { name })
const send = (page: Page, name: string): Promise<void> => room(page, name).getByRole('button').click()
const hour = 3_600_000

/** The reasons for which the page has requested tokens, and the later states of its connection. */
const seen = (page: Page): Promise<{ reasons: string[]; statuses: string[] }> =>
  page.evaluate(() => (globalThis as unknown as { seen: { reasons: string[]; statuses: string[] } }).seen)

test('a token expires in the middle of a chat, and the user notices nothing', async ({ visit }) => {
  const page = await visit({ user: 'ada', lifeMs: 4000 })
  await expect(page.getByRole('status')).toHaveText('online')
  const texts: string[] = []
  // The first token expires after the second request, before the fourth.
  while ((await seen(page)).reasons.length < 4) {
    await send(page, 'ada')
    texts.push(`message ${texts.length + 1}`)
    await expect(room(page, 'ada').getByRole('listitem')).toHaveText(texts)
  }
  await expect(page.getByRole('status')).toHaveText('online')
  await expect(room(page, 'ada').locator('p')).toHaveText('ready')
  expect(await seen(page)).toEqual({
    reasons: ['connect', 'expiring', 'expiring', 'expiring'],
    statuses: ['online'],
  })
})

test('a revoked user sees why within 2 s', async ({ relay, visit }) => {
  const page = await visit({ user: 'ada', lifeMs: hour })
  await expect(page.getByRole('status')).toHaveText('online')
  relay.revoked.add('ada')
  expect(relay.server.relay.disconnect('ada')).toBe(1)
  await expect(page.getByRole('status')).toHaveText('closed: this user is not accepted; sign in again', {
    timeout: 2000,
  })
  expect((await seen(page)).reasons).toEqual(['connect', 'refused'])
})

test('two users see only their rooms', async ({ visit }) => {
  const [ada, bob] = [await visit({ user: 'ada', lifeMs: hour }), await visit({ user: 'bob', lifeMs: hour })]
  for (const [page, own, other] of [
    [ada, 'ada', 'bob'],
    [bob, 'bob', 'ada'],
  ] as const) {
    await expect(room(page, own).locator('p')).toHaveText('ready')
    await expect(room(page, other).locator('p')).toHaveText('denied')
    await expect(room(page, other).getByRole('button')).toBeDisabled()
    await send(page, own)
    await expect(room(page, own).getByRole('listitem')).toHaveText(['message 1'])
  }
  for (const [page, other] of [
    [ada, 'bob'],
    [bob, 'ada'],
  ] as const)
    await expect(room(page, other).getByRole('listitem')).toHaveCount(0)
})
