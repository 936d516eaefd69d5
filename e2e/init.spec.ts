import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@playwright/test'

const run = promisify(execFile)
const root = path.resolve(import.meta.dirname, '..')
const packages = ['packages/protocol', 'packages/client', 'packages/react', 'relay']

test('a project of wildcast init passes its own test, and its page says hello through its component', async ({
  page,
}) => {
  const home = await mkdtemp(path.join(tmpdir(), 'wildcast-init-'))
  const folder = path.join(home, 'hello-app')
  await run(process.execPath, [path.join(root, 'relay/bin/wildcast.js'), 'init', folder])
  const npm = (...args: string[]): Promise<unknown> => run('npm', [...args, '--no-audit', '--no-fund'], { cwd: folder })
  await npm('pack', ...packages.map((name) => path.join(root, name)), '--pack-destination', home)
  const tarballs = ['protocol', 'client', 'react', 'relay'].map((name) => path.join(home, `wildcast-${name}-0.1.0.tgz`))
  await npm('install', '--prefer-offline', ...tarballs)
  await npm('test')

  const relay = spawn(process.execPath, ['node_modules/@wildcast/relay/bin/wildcast.js', 'up', '--port', '0'], {
    cwd: folder,
  })
  let said = ''
  for await (const chunk of relay.stdout) {
    said += String(chunk)
    if (said.includes('\n')) break
  }
  await page.goto(`http://127.0.0.1:${/:(\d+)\n/.exec(said)?.[1]}`)
  await expect(page.getByRole('status')).toHaveText('online')
  await page.getByLabel('Name').fill('Ada')
  await page.getByRole('button', { name: 'Say hello' }).click()
  await expect(page.getByText('Hello, Ada: from the browser')).toBeVisible()
  relay.kill()
  await rm(home, { recursive: true })
})
