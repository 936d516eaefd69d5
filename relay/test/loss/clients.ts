import path from 'node:path'
import { chromium } from '@playwright/test'
import { createClient } from '@wildcast/client'
import { msgpack } from '@wildcast/client/msgpack'
import { stream } from '@wildcast/client/stream'
import { build } from 'esbuild'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { LossPage } from './page.js'
import { type Participant, participate } from './participant.js'

/** A participant in this process or in a page. */
export interface Remote {
  readonly name: string
  begin(paceMs: number): Promise<void>
  end(): Promise<void>
  state(): Promise<Pick<Participant, 'outcomes' | 'received'>>
  /** Freezes it for a while, as browsers do with tabs. Absent if it can't. */
  sleep?(): Promise<void>
  wake?(): Promise<void>
}

const inNode = {
  json: { WebSocket },
  msgpack: { WebSocket, codec: msgpack },
  stream: { transport: stream },
}
export type Kind = keyof typeof inNode

/** Opens a client in this process. */
export async function openInNode(kind: Kind, url: string, name: string): Promise<Remote> {
  const client = createClient({ url, ...inNode[kind], onError: () => {} })
  onTestFinished(() => client.close())
  const participant = participate(client, name)
  await participant.ready
  return {
    name,
    begin: async (paceMs) => participant.begin(paceMs),
    end: () => participant.end(),
    state: async () => participant,
  }
}

declare const lossPage: LossPage

/** Opens pages of Chromium, each with a client. */
export async function openPages(names: readonly string[], url: string): Promise<readonly Remote[]> {
  if (names.length === 0) return []
  const { outputFiles } = await build({
    entryPoints: [path.join(import.meta.dirname, 'page.ts')],
    bundle: true,
    format: 'iife',
    write: false,
  })
  const executablePath = process.env.WILDCAST_CHROMIUM ?? '/usr/bin/chromium'
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  onTestFinished(() => browser.close())
  return Promise.all(
    names.map(async (name): Promise<Remote> => {
      const page = await browser.newPage()
      await page.addScriptTag({ content: outputFiles[0]?.text ?? '' })
      await page.evaluate(([url, name]) => lossPage.open(url, name), [url, name] as const)
      const devtools = await page.context().newCDPSession(page)
      const lifecycle = async (state: 'frozen' | 'active'): Promise<void> =>
        void (await devtools.send('Page.setWebLifecycleState', { state }))
      return {
        name,
        begin: (paceMs) => page.evaluate((paceMs) => lossPage.begin(paceMs), paceMs),
        end: () => page.evaluate(() => lossPage.end()),
        state: () => page.evaluate(() => lossPage.state()),
        sleep: () => lifecycle('frozen'),
        wake: () => lifecycle('active'),
      }
    }),
  )
}
