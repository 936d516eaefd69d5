import path from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { expect, it } from 'vitest'

/** The globals of a page that the relay may use. */
const ofPages = ['TextEncoder', 'TextDecoder', 'performance', 'queueMicrotask', 'setTimeout', 'clearTimeout'] as const

/** Bundles a source for pages: a module of Node in it is an error. */
async function bundled(source: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: path.resolve(import.meta.dirname, '../..'), loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    conditions: ['@wildcast/source'],
    logLevel: 'silent',
  })
  return outputFiles[0]?.text ?? ''
}

it('@wildcast/relay/core has no module of Node', async () => {
  await expect(bundled("export * from '@wildcast/relay/core'")).resolves.toContain('createRelay')
  await expect(bundled("export * from '@wildcast/relay'")).rejects.toThrow('node:')
})

it('it serves clients with the globals of a page', async () => {
  const code = await bundled(`
    import { createRelay, inMemory, memory, realClock } from '@wildcast/relay/core'
    async function run() {
      let id = 0
      const newId = () => 'id' + ++id
      const relay = await createRelay({ brokers: { main: memory({ clock: realClock, newId }) }, newId, onError: note })
      const WebSocket = inMemory(relay).webSocketOf()
      const socket = new WebSocket('ws://relay', 'wildcast.v1+json')
      socket.addEventListener('open', () => {
        socket.send('{"Connect":{}}')
        socket.send('{"Subscribe":{"ref":1,"subject":"good.*"}}')
        socket.send('{"Publish":{"ref":2,"subject":"good.apple","message":"ripe"}}')
      })
      socket.addEventListener('message', ({ data }) => note(data))
    }
    run().catch(note)
  `)
  const notes: string[] = []
  const globals = Object.fromEntries(ofPages.map((name) => [name, globalThis[name]]))
  const page = createContext({ ...globals, note: (text: unknown) => notes.push(String(text)) })
  runInContext(code, page)
  await expect.poll(() => notes.some((note) => note.startsWith('{"Message"'))).toBe(true)
  expect(notes.map((note) => note.split('"')[1])).toEqual(expect.arrayContaining(['Welcome', 'Subscribed', 'Ack']))
})
