import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { type Client, type ClientOptions, createClient } from '@wildcast/client'
import { createLogger, createServer, type InlineConfig, type Logger, type ViteDevServer } from 'vite'
import { expect, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { type WildcastOptions, wildcast } from '../wildcast.js'

/** A folder with files, which tests change. */
export interface Project {
  readonly root: string
  write(name: string, text: string): void
}

/** Makes a project with an empty page, until the test ends. */
export function project(files: Readonly<Record<string, string>> = {}): Project {
  const root = mkdtempSync(path.join(realpathSync(tmpdir()), 'wildcast-vite-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }))
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
    writeFileSync(path.join(root, name), text)
  }
  write('package.json', '{ "type": "module" }')
  write('index.html', '<!doctype html><title>the page</title>')
  for (const [name, text] of Object.entries(files)) write(name, text)
  return { root, write }
}

/** A component that answers each message on `hello.*` on `goodbye`. */
export const helloToml = `[[component]]
id = "hello"
source = "components/hello.ts"
[component.trigger.subscription.Topic]
topic = "hello.*"
result = { default_subject = "goodbye" }
`
export const memoryToml = '[brokers.main]\ntype = "memory"\n'

/** The lines that Vite prints. */
export interface Terminal {
  readonly lines: readonly string[]
  readonly logger: Logger
  /** Waits for a line that was printed since the last call. */
  shows(text: string | RegExp): Promise<void>
}

export function terminal(): Terminal {
  const lines: string[] = []
  let read = 0
  const print = (line: string): void => void lines.push(stripVTControlCharacters(line))
  const logger = { ...createLogger('silent'), info: print, warn: print, warnOnce: print, error: print }
  return {
    lines,
    logger,
    async shows(text) {
      const isThere = (line: string): boolean => (typeof text === 'string' ? line.includes(text) : text.test(line))
      await expect.poll(() => lines.slice(read), { message: `${text}` }).toSatisfy((all) => all.some(isThere))
      read = lines.findIndex((line, i) => i >= read && isThere(line)) + 1
    },
  }
}

/** A dev server that listens, with the plugin. */
export interface Running extends Terminal {
  readonly vite: ViteDevServer
  readonly url: string
}

/** The options of a server of Vite in tests. */
export function configOf({ root }: Project, { logger }: Terminal, options: WildcastOptions = {}): InlineConfig {
  return {
    root,
    configFile: false,
    customLogger: logger,
    plugins: [wildcast(options)],
    server: { port: 0, host: '127.0.0.1' },
    preview: { port: 0, host: '127.0.0.1' },
  }
}

/** Starts Vite's dev server, until the test ends. */
export async function startVite(
  project: Project,
  options: WildcastOptions = {},
  more: InlineConfig = {},
): Promise<Running> {
  const shown = terminal()
  const config = configOf(project, shown, options)
  const vite = await createServer({ ...config, ...more, server: { ...config.server, ...more.server } })
  onTestFinished(() => vite.close())
  await vite.listen()
  return { ...shown, vite, url: vite.resolvedUrls?.local[0]?.replace(/\/$/, '') ?? '' }
}

/** A client of the relay behind a URL, until the test ends. */
export function clientOf(url: string, options: Partial<ClientOptions> = {}): Client {
  const client = createClient({ url: `${url.replace('http', 'ws')}/ws`, WebSocket, ...options })
  onTestFinished(() => client.close())
  return client
}

/** Subscribes. Resolves with the texts that arrive, once the broker has confirmed. */
export async function textsOf(client: Client, pattern: string): Promise<readonly string[]> {
  const texts: string[] = []
  const subscription = client.subscribe(pattern)
  await subscription.ready
  void (async () => {
    for await (const message of subscription) texts.push(message.text())
  })()
  return texts
}
