import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test as base, expect, type Page } from '@playwright/test'
import react from '@vitejs/plugin-react'
import { wildcast } from '@wildcast/vite'
import { createServer } from 'vite'

const root = path.resolve(import.meta.dirname, '..')

const files = {
  'index.html': '<!doctype html><div id="root"></div><script type="module" src="/main.tsx"></script>',
  'main.tsx': `import { createClient } from '@wildcast/client'
import { WildcastProvider } from '@wildcast/react'
import { createRoot } from 'react-dom/client'
import { Goods } from './goods'

const client = createClient({ url: '/ws' })
createRoot(document.getElementById('root')!).render(<WildcastProvider client={client}><Goods /></WildcastProvider>)
`,
  'goods.tsx': `import { useConnection, usePublish, useSubscription } from '@wildcast/react'

export function Goods() {
  const { items, status } = useSubscription('answer.*', { keep: 20 })
  const ask = usePublish('question.apple')
  return <main>
    <h1>Goods</h1>
    <p role="status">{useConnection().state} {status}</p>
    <button onClick={() => ask('?')}>Ask</button>
    {items.map((message) => <p key={message.key}>{message.text()}</p>)}
  </main>
}
`,
  'wildcast.toml': `[brokers.main]
type = "memory"
[[component]]
id = "clerk"
source = "clerk.ts"
[component.trigger.subscription.Topic]
topic = "question.*"
`,
  'clerk.ts': `export default (message: { params: string[] }) => ({
  subject: \`answer.\${message.params[0]}\`,
  message: \`3 per \${message.params[0]}\`,
})
`,
}

interface DevServer {
  readonly url: string
  edit(name: keyof typeof files, from: string, to: string): Promise<void>
}

const test = base.extend<{ readonly dev: DevServer }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads it to find the fixtures
  dev: async ({}, use) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'wildcast-'))
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text)
    await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
    const server = await createServer({
      root: folder,
      cacheDir: path.join(folder, '.vite'),
      configFile: false,
      plugins: [react(), wildcast()],
      logLevel: 'error',
      server: { host: '127.0.0.1', port: 0, fs: { allow: [folder, root] } },
    })
    await server.listen()
    await use({
      url: server.resolvedUrls?.local[0] ?? '',
      async edit(name, from, to) {
        const text = await readFile(path.join(folder, name), 'utf8')
        expect(text).toContain(from)
        await writeFile(path.join(folder, name), text.replace(from, to))
      },
    })
    await server.close()
    await rm(folder, { recursive: true })
  },
})

/** The frames that a page sends to the relay, and how often it has connected. */
function traffic(page: Page): { readonly sent: readonly string[]; readonly sockets: readonly string[] } {
  const sent: string[] = []
  const sockets: string[] = []
  page.on('websocket', (socket) => {
    if (!socket.url().endsWith('/ws')) return
    sockets.push(socket.url())
    socket.on('framesent', ({ payload }) => sent.push(String(payload)))
  })
  return { sent, sockets }
}

test('a hot update of the page or of a component keeps the connection and the subscription', async ({ page, dev }) => {
  const { sent, sockets } = traffic(page)
  await page.goto(dev.url)
  await expect(page.getByRole('status')).toHaveText('online ready')
  await page.getByRole('button').click()
  await expect(page.getByText('3 per apple')).toHaveCount(1)
  const subscribes = (): number => sent.filter((frame) => frame.includes('"Subscribe"')).length
  expect(subscribes()).toBe(1)

  await dev.edit('goods.tsx', '<h1>Goods</h1>', '<h1>Prices</h1>')
  await expect(page.getByRole('heading', { name: 'Prices' })).toBeVisible()
  await expect(page.getByText('3 per apple')).toHaveCount(1) // not loaded again: its state is kept

  await dev.edit('clerk.ts', '3 per', '4 per')
  await expect(async () => {
    await page.getByRole('button').click()
    await expect(page.getByText('4 per apple').first()).toBeVisible({ timeout: 1000 })
  }).toPass()
  expect({ subscribes: subscribes(), sockets: sockets.length }).toEqual({ subscribes: 1, sockets: 1 })
  expect(sent.filter((frame) => frame.includes('Unsubscribe'))).toEqual([])
})

test('the page shows the mistake of a component, until it is corrected', async ({ page, dev }) => {
  await page.goto(dev.url)
  await expect(page.getByRole('status')).toHaveText('online ready')
  await dev.edit('goods.tsx', '<h1>Goods</h1>', '<h1>Prices</h1>') // after the first update, none loads the page again
  await expect(page.getByRole('heading', { name: 'Prices' })).toBeVisible()
  await dev.edit('clerk.ts', '=> ({', '=> ((')
  const overlay = page.locator('vite-error-overlay')
  await expect(overlay).toContainText('component "clerk"')
  await dev.edit('clerk.ts', '=> ((', '=> ({')
  await expect(overlay).toHaveCount(0)
})
