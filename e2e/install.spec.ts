import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { gateway, startRelay } from './relay.js'
import { expect, test } from './test.js'

const run = promisify(execFile)
const root = path.resolve(import.meta.dirname, '..')

/** The version of a package that this repository has, so that npm finds it in its cache. */
async function versioned(name: string): Promise<string> {
  const { version } = JSON.parse(await readFile(path.join(root, 'node_modules', name, 'package.json'), 'utf8'))
  return `${name}@${version}`
}

/** The first example of the README: a whole page. */
async function readmePage(relayPort: number): Promise<string> {
  const readme = await readFile(path.join(root, 'README.md'), 'utf8')
  const code = /```tsx\n([\s\S]*?)```/.exec(readme)?.[1]
  if (!code) throw new Error('the README has no tsx example')
  return code.replace('localhost:3015', `127.0.0.1:${relayPort}`)
}

test("the packed SDK works in an empty Vite project, with the README's code", async ({ browser, relay }) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'wildcast-install-'))
  const npm = (...args: string[]): Promise<unknown> => run('npm', [...args, '--no-audit', '--no-fund'], { cwd: folder })

  const packed = ['packages/protocol', 'packages/client', 'packages/react'].map((name) => path.join(root, name))
  await npm('pack', ...packed, '--pack-destination', folder)
  const tarballs = ['protocol', 'client', 'react'].map((name) => `./wildcast-${name}-0.1.0.tgz`)
  const others = await Promise.all(['react', 'react-dom', 'vite', '@vitejs/plugin-react'].map(versioned))
  await writeFile(path.join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  await npm('install', '--prefer-offline', ...tarballs, ...others)

  await writeFile(
    path.join(folder, 'index.html'),
    '<!doctype html><body><script type="module" src="/main.tsx"></script>',
  )
  await writeFile(path.join(folder, 'main.tsx'), await readmePage(relay.port))
  await writeFile(
    path.join(folder, 'vite.config.js'),
    "import react from '@vitejs/plugin-react'\nexport default { plugins: [react()] }\n",
  )
  await run(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'error'], { cwd: folder })

  const site = await startRelay(gateway({ folder: path.join(folder, 'dist') }))
  const page = await browser.newPage()
  await page.goto(site.url)
  await page.getByRole('button', { name: 'new price' }).click()
  await expect(page.getByText(/^apple: \{"price":\d+\}$/)).toBeVisible()
  await page.close()
  await site.kill()
  await rm(folder, { recursive: true })
})
