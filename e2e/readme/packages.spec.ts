import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { freePort } from '../../relay/test/servers/free-port.js'
import { startMosquitto } from '../../relay/test/servers/mosquitto.js'
import { startNats } from '../../relay/test/servers/nats.js'
import { startRedis } from '../../relay/test/servers/redis.js'
import { blocks, root } from './blocks.js'
import { clone } from './clone.js'
import { type PasteOptions, paste, type Terminal } from './terminal.js'

const folder = path.resolve(clone, '../my-page')

/** This machine may already have a relay on the README's port, 3015. */
const port = await freePort()
const onPort = (text: string): string => text.replaceAll('3015', String(port))

const terminal: PasteOptions = { cwd: folder, env: { PORT: String(port), REDIS_PASSWORD: 'secret' } }
const inFolder = (lines: string): Terminal => paste(onPort(lines), terminal)

async function write(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(folder, file)), { recursive: true })
  await writeFile(path.join(folder, file), onPort(text))
}

/** Later lines of a page's console. */
function logOf(page: Page): readonly string[] {
  const lines: string[] = []
  page.on('console', (message) => lines.push(message.text()))
  return lines
}

/** Before `npx vite`, so that Vite finds all packages at its start, and loads no page again. */
async function writePlainPage(code: string): Promise<void> {
  await write('main.ts', code)
  await write('index.html', '<!doctype html><script type="module" src="/main.ts"></script>')
}

async function openPlainPage(page: Page, url: string): Promise<readonly string[]> {
  const log = logOf(page)
  await page.goto(url)
  return log
}

/** The same page, changed as a line of the README about MessagePack describes. */
async function withMessagePack(): Promise<string> {
  const readme = (await readFile(path.join(root, 'README.md'), 'utf8')).replace(/\s+/g, ' ')
  const [, install = '', create = '', load = ''] =
    /`(npm i @msgpack\/msgpack)`, then `(createClient\(.*?\))` with `(import .*?)`/.exec(readme) ?? []
  expect(load).not.toBe('')
  await inFolder(install).finish()
  return `${load}\n${blocks.plainPage.replace(/createClient\(.*\)/, create)}`
}

test('the packages run the pages of the README over one broker', async ({ page }) => {
  const relay = paste(onPort(blocks.packages), { cwd: clone })
  await relay.shows(/Wildcast is up/)
  await write('main.tsx', blocks.reactPage)
  const vite = inFolder('npx vite')
  const url = await vite.shows(/Local: +(http:\S+)/)
  await page.goto(url)
  await page.getByRole('button', { name: 'new price' }).click()
  await expect(page.getByText(/^apple: \{"price":\d+\}$/)).toBeVisible()

  for (const code of [blocks.plainPage, await withMessagePack()]) {
    await page.goto('about:blank') // else Vite loads it again while it is being opened
    await writePlainPage(code)
    const log = await openPlainPage(page, url)
    await expect.poll(() => log).toContain('good.apple {price: 3}')
    await expect.poll(() => log).toContain('3')
    await expect
      .poll(async () => {
        await inFolder('npx wildcast pub room.kitchen.msg hi').finish()
        return log
      })
      .toContain('kitchen hi')
  }
  await vite.interrupt()
  await relay.interrupt()
})

test('the contract is checked in the page, and by the relay', async ({ page }) => {
  const readme = (await readFile(path.join(root, 'README.md'), 'utf8')).replace(/\s+/g, ' ')
  const [, setting = ''] = /With `(contract = .*?)` at the top of `wildcast.toml`/.exec(readme) ?? []
  const [, command = '', printed = ''] = /`(npx wildcast pub [^`]*)` prints `(.*?)`/.exec(readme) ?? []
  expect(printed).not.toBe('')
  await inFolder(blocks.contractPackages).finish()
  await write('contract.ts', blocks.contract)
  await write('wildcast.toml', `${setting}\nport = 3015\n[brokers.main]\ntype = "memory"\n`)
  const relay = inFolder('npx wildcast up')
  await relay.shows(/Wildcast is up/)
  await writePlainPage(blocks.contractPage)
  const vite = inFolder('npx vite')
  const log = await openPlainPage(page, await vite.shows(/Local: +(http:\S+)/))
  await expect.poll(() => log).toContain('apple 3.00')
  const refused = inFolder(command)
  expect(await refused.shows(/^(invalid_payload: .*)$/m)).toBe(printed)
  await refused.interrupt()
  await vite.interrupt()
  await relay.interrupt()
})

test('the relay goes beside the server of an app', async () => {
  const appPort = await freePort()
  await write('server.mjs', blocks.server.replace('3000', String(appPort)))
  const server = inFolder('node server.mjs')
  await expect.poll(() => fetch(`http://localhost:${appPort}`).then((answer) => answer.text(), String)).toBe('the app')
  const pathOfRelay = /createClient\(\{ url: '(.*?)' \}\)/.exec(blocks.server)?.[1]
  await inFolder(`npx wildcast pub good.apple hi --url ws://localhost:${appPort}${pathOfRelay}`).finish()
  await server.interrupt()
})

test('the configuration, the component and the commands work with brokers of every kind', async ({ page }) => {
  const redis = await startRedis({ password: 'secret' })
  const [nats, mosquitto] = [await startNats(), await startMosquitto()]
  const configuration = blocks.configuration
    .replace('6379', String(redis.port))
    .replace('4222', String(nats.port))
    .replace('1883', String(mosquitto.port))
  await write('components/hello.js', blocks.component)
  await write('wildcast.toml', `${configuration}\n${blocks.componentEntry}\n${blocks.history}`)
  await writePlainPage(blocks.brokersPage)
  const vite = inFolder('npx vite')
  const url = await vite.shows(/Local: +(http:\S+)/)

  const relay = inFolder(blocks.open)
  await relay.shows(/Wildcast is up/)
  await expect.poll(async () => (await fetch(`http://localhost:${port}/readyz`)).status).toBe(200)
  const log = await openPlainPage(page, url)
  await expect.poll(() => log).toContain('{id: 7}')
  await inFolder('npx wildcast pub temp.kitchen 21 --broker sensors').finish()
  await expect.poll(() => log).toContain('main 21')
  await inFolder('npx wildcast pub room.1.msg kept').finish()
  expect(await inFolder("npx wildcast history 'room.*.msg'").finish()).toContain('kept')
  const listening = inFolder(blocks.listen)
  await listening.shows(/subscribed/)
  await inFolder(blocks.trigger).finish()
  await listening.shows(/^good\.bye Hi, Ada$/m)
  await listening.interrupt()
  await relay.interrupt()

  await vite.interrupt() // one of the commands starts its own
  await runCommands(page)
  const { dependencies } = JSON.parse(await readFile(path.join(folder, '../my-other-app/package.json'), 'utf8'))
  expect(dependencies['@wildcast/client']).toBe('file:../my-page/wildcast-client-0.1.0.tgz')
  for (const server of [redis, nats, mosquitto]) await server.stop()
})

/** Line after line: a relay stays until the next one is opened, a listener until the end. */
async function runCommands(page: Page): Promise<void> {
  let relay: Terminal | undefined
  const listeners: Terminal[] = []
  for (const line of blocks.commands.trim().split('\n')) {
    if (/^npx wildcast (?:up|gateway) /.test(line)) {
      await relay?.interrupt()
      relay = inFolder(line)
      await relay.shows(/Wildcast is up/)
      if (line.includes('vite')) await relay.shows(/Local: +(http:\S+)/)
    } else if (/^npx wildcast (?:sub|watch) /.test(line)) {
      const listener = inFolder(line)
      await listener.shows(/subscribed/)
      listeners.push(listener)
    } else if (line.startsWith('npx wildcast request ')) {
      await writePlainPage(blocks.plainPage)
      const vite = inFolder('npx vite')
      await openPlainPage(page, await vite.shows(/Local: +(http:\S+)/))
      await expect.poll(() => inFolder(line).finish().catch(String)).toBe('3\n')
      await vite.interrupt()
    } else if (line.startsWith('npx wildcast top ')) {
      const screen = inFolder(line)
      await screen.shows(/127\.0\.0\.1:3016/)
      await screen.interrupt()
    } else await inFolder(line).finish()
  }
  await listeners[0]?.shows(/"subject":"good\.apple","message":"hi"/)
  await listeners[1]?.shows(/^lamp\.1 on$/m)
  for (const listener of listeners) await listener.interrupt()
  await relay?.interrupt()
}

// One after the other, in one folder.
test.describe.configure({ mode: 'serial' })
