import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { freePort } from '../../relay/test/servers/free-port.js'
import { blocks } from './blocks.js'
import { clone } from './clone.js'
import { paste } from './terminal.js'

const project = path.resolve(clone, '../my-app')

async function edit(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(path.join(project, file), 'utf8')
  expect(text).toContain(from)
  await writeFile(path.join(project, file), text.replace(from, to))
}

async function sayHello(page: Page, answer: string): Promise<void> {
  await page.getByRole('button', { name: 'Say hello' }).click()
  await expect(page.getByText(answer)).toBeVisible()
}

test('a new project runs with hot reload, passes its own checks, and is served when built', async ({ page }) => {
  const env = { PORT: String(await freePort()) }
  const development = paste(blocks.project, { cwd: clone, env })
  await page.goto(await development.shows(/Local: +(http:\S+)/))
  await expect(page.getByRole('status')).toHaveText('online')
  await page.getByLabel('Name').fill('Ada')
  await sayHello(page, 'Hello, Ada: from the browser')

  await edit('src/app.tsx', 'Hello, Wildcast', 'Good morning, Wildcast')
  const changed = page.getByRole('heading', { name: 'Good morning, Wildcast' })
  await expect(async () => {
    await edit('src/app.tsx', '', '') // Vite serves the page before it watches every file
    await expect(changed).toBeVisible({ timeout: 10_000 })
  }).toPass()
  await expect(page.getByText('Hello, Ada: from the browser')).toBeVisible() // not loaded again: its state is kept
  await edit('components/hello.js', 'message.text()}`', 'message.text()}!`')
  await development.shows(/component "hello" is loaded/)
  await sayHello(page, 'Hello, Ada: from the browser!')
  await development.interrupt()

  const added = ['message-component a', 'queue-component b', 'request-response-message-component c']
  await paste(added.map((part) => `npx wildcast add ${part}\n`).join(''), { cwd: project }).finish()
  await paste('npm run check\nnpm test', { cwd: project }).finish()
  const production = paste('npm start', { cwd: project, env })
  await production.shows(/Wildcast is up/)
  await page.goto(`http://localhost:${env.PORT}`)
  await sayHello(page, 'Hello, world: from the browser!')
  await production.interrupt()
})
