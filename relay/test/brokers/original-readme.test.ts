import { readFile, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { folderWith, portsOf, start } from '../command.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { startNats } from '../servers/nats.js'

const page = new URL('../../../docs/from-spin-message-trigger.md', import.meta.url)

/** The code blocks of a language. */
function blocks(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, block]) => block ?? '')
}

/** Sends the request of a `curl` line. */
async function curl(line: string, ports: ReadonlyMap<string, number>): Promise<string> {
  const [, body, port = '', rest] = /^curl -X POST --data (\S+) http:\/\/localhost:(\d+)(\S+)\n$/.exec(line) ?? []
  const response = await fetch(`http://127.0.0.1:${ports.get(port)}${rest}`, { method: 'POST', body: body ?? '' })
  return response.text()
}

it('the examples of docs/from-spin-message-trigger.md work', async () => {
  const text = await readFile(page, 'utf8')
  const server = endsWithTest(await startNats())
  const [toml = ''] = blocks(text, 'toml')
  // Replaces the ports of the page by free ones.
  const ours = toml
    .replace('3_005', '0')
    .replace('3_006', '0')
    .replace('addresses = ["nats"]', `addresses = ["127.0.0.1:${server.port}"]`)
  const cwd = await folderWith('spin.toml', ours)
  for (const source of blocks(text, 'js')) await writeFile(path.join(cwd, /\/\/ (\S+)/.exec(source)?.[1] ?? ''), source)
  await symlink(path.resolve(import.meta.dirname, '../../../node_modules'), path.join(cwd, 'node_modules'))
  const [first = 0, second = 0] = await portsOf(start(['up'], { cwd }), 2)
  const ports = new Map([
    ['3005', first],
    ['3006', second],
  ])
  const listen = (url: string): string[] => {
    const received: string[] = []
    const socket = new WebSocket(url)
    onTestFinished(() => socket.terminate())
    socket.on('message', (data) => received.push(String(data)))
    return received
  }

  const [publish = '', request = ''] = blocks(text, 'sh')
  const messages = listen(`ws://127.0.0.1:${second}/subscribe/good.*`)
  await expect
    .poll(async () => {
      await curl(publish, ports)
      return messages
    })
    .toContain('Goodbye')
  expect(await curl(request, ports)).toBe('Path: test/a/hello, Recieved: hi')

  const [subscribe = '', send = '', delivered = ''] = blocks(text, 'json')
  // The page's second gateway sends text. This one uses the form with JSON.
  const both = await folderWith('spin.toml', ours.replace('TextBody', 'Json').replace(/\[\[component\]\].*/s, ''))
  const [, json] = await portsOf(start(['up'], { cwd: both }), 2)
  const socket = new WebSocket(`ws://127.0.0.1:${json}/ws`)
  onTestFinished(() => socket.terminate())
  const frames: unknown[] = []
  socket.on('message', (data) => frames.push(JSON.parse(String(data))))
  await new Promise((resolve) => socket.once('open', resolve))
  socket.send(subscribe)
  await expect
    .poll(() => {
      socket.send(send)
      return frames
    })
    .toContainEqual(JSON.parse(delivered))
})
