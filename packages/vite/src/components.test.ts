import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { clientOf, helloToml, memoryToml, project, type Running, startVite, textsOf } from './testing/dev-server.js'

const files = {
  'wildcast.toml': memoryToml + helloToml,
  'components/hello.ts':
    "import { greet } from '@/greet'\nexport default (message: any) => ({ message: greet(message.params[0]) })\n",
  'shared/greet.ts': 'export const greet = (name: string): string => `Hello, ${name}`\n',
}
const alias = { '@': '/shared' }

/** A project with a component, in a dev server. */
async function opened(changed: Readonly<Record<string, string>> = {}) {
  const folder = project({ ...files, ...changed })
  const running = await startVite(folder, {}, { resolve: { alias } })
  return { ...folder, ...running }
}

async function answers(url: string) {
  const client = clientOf(url)
  const texts = await textsOf(client, 'goodbye')
  return {
    client,
    texts,
    async greets(name: string, text: string) {
      await client.publish(`hello.${name}`, '')
      await expect.poll(() => texts.at(-1)).toBe(text)
    },
  }
}

/** The overlays that a page of Vite shows, and the updates that close them. */
async function overlaysOf({ url, vite }: Running): Promise<readonly string[]> {
  const seen: string[] = []
  const token = vite.config.webSocketToken
  const page = new WebSocket(`${url.replace('http', 'ws')}/?token=${token}`, 'vite-hmr')
  page.on('message', (data) => {
    const { type, err } = JSON.parse(String(data))
    seen.push(type === 'error' ? `${err.message} (line ${err.loc?.line})` : type)
  })
  await once(page, 'message')
  return seen
}

describe('a component', () => {
  it('is loaded by Vite, with its aliases and TypeScript, in a thread of its own', async () => {
    const { url } = await opened()
    await (await answers(url)).greets('Ada', 'Hello, Ada')
  })

  it('is replaced when a module changes that it imports, and no connection drops', async () => {
    const { url, write, shows } = await opened()
    const { client, greets } = await answers(url)
    await greets('Ada', 'Hello, Ada')
    const states: string[] = []
    client.onStatus(({ state }) => states.push(state))
    write('shared/greet.ts', files['shared/greet.ts'].replace('Hello', 'Good day'))
    await shows('component "hello" is loaded again')
    await greets('Bob', 'Good day, Bob')
    expect(states.filter((state) => state !== 'online')).toEqual([])
  })

  it('stays as it was while its new module is broken: the terminal and the page show the line', async () => {
    const { write, shows, ...running } = await opened()
    const { greets } = await answers(running.url)
    await greets('Ada', 'Hello, Ada')
    const overlays = await overlaysOf({ ...running, shows })
    write('shared/greet.ts', 'export const greet =\n  (')
    await shows(/component "hello": .*greet\.ts:\d+: it could not be loaded: /)
    await greets('Bob', 'Hello, Bob')
    write('shared/greet.ts', "import './nowhere'\nexport const greet = () => 'fixed'")
    await shows(/component "hello": .*nowhere/)
    write('shared/nowhere.ts', '')
    await shows('component "hello" is loaded again')
    await greets('Cleo', 'fixed')
    expect(overlays[1]).toMatch(/^component "hello": .*greet\.ts:\d: .* \(line \d\)$/)
    expect(overlays.at(-1)).toBe('update')
  })

  it('shows its exceptions over the page', async () => {
    const running = await opened({
      'components/hello.ts': "export default () => {\n  throw new Error('no such room')\n}",
    })
    const overlays = await overlaysOf(running)
    await clientOf(running.url).publish('hello.Ada', '')
    await running.shows(/component "hello": .*no such room/)
    await expect.poll(() => overlays.at(-1)).toMatch(/component "hello": .*no such room/)
  })

  it('hangs only its own thread in an endless loop', async () => {
    const loop = {
      'components/hello.ts': 'export default () => {\n  for (;;);\n}',
      'wildcast.toml': `${memoryToml}${helloToml}`,
    }
    loop['wildcast.toml'] = loop['wildcast.toml'].replace('[component.trigger', 'timeout = 50\n[component.trigger')
    const { url, shows, write } = await opened(loop)
    const { client, greets } = await answers(url)
    await client.publish('hello.Ada', '')
    await shows(/component "hello": .*(?:time|loop)/)
    expect((await fetch(url)).status).toBe(200)
    write('components/hello.ts', files['components/hello.ts'])
    await shows('component "hello" is loaded again')
    await greets('Bob', 'Hello, Bob')
  })
})

describe('a component that is broken at the start', () => {
  it('keeps the relay closed, with the reason in each answer, until it is corrected', async () => {
    const { write, shows, ...running } = await opened({ 'components/hello.ts': 'export default (' })
    await shows(/component "hello": .*hello\.ts:\d+: it could not be loaded/)
    const response = await fetch(`${running.url}/publish/a`, { method: 'POST' })
    expect(response.status).toBe(503)
    expect(await response.text()).toMatch(/^the relay is not open: component "hello": .*hello\.ts/)
    expect((await fetch(running.url)).status).toBe(200)
    const socket = new WebSocket(`${running.url.replace('http', 'ws')}/ws`, 'wildcast.v1+json')
    expect((await once(socket, 'unexpected-response'))[1].statusCode).toBe(503)
    const overlays = await overlaysOf({ ...running, shows }) // a page that is opened later
    await expect.poll(() => overlays[1]).toMatch(/^component "hello": /)
    const client = clientOf(running.url)
    const publishing = client.publish('a', 'waits')
    write('components/hello.ts', files['components/hello.ts'])
    expect(await publishing).toBe('confirmed')
    await (await answers(running.url)).greets('Ada', 'Hello, Ada')
    expect(overlays.at(-1)).toBe('update')
  })
})

describe('the hooks of [auth]', () => {
  it('are loaded by Vite, and replaced when their module changes', async () => {
    const hooks = (user: string) => `import { token as tokenOf } from '@/token'
export const authenticate = ({ token }: { token?: string }) =>
  token === tokenOf('${user}') ? { user: '${user}', role: 'all' } : undefined
`
    const { url, write, shows } = await opened({
      'wildcast.toml': `${memoryToml}[auth]\nmodule = "hooks.ts"\n[roles.all]\npublish = ["**"]\n`,
      'hooks.ts': hooks('ada'),
      'shared/token.ts': 'export const token = (user: string) => `token-${user}`',
    })
    const publish = async (user: string) => {
      const headers = { authorization: `Bearer token-${user}` }
      return (await fetch(`${url}/publish/a`, { method: 'POST', body: 'x', headers })).status
    }
    const tokens = [await publish('ada'), await publish('bob')]
    write('hooks.ts', hooks('bob'))
    await shows('the hooks of [auth] are loaded again')
    expect([tokens, await publish('ada'), await publish('bob')]).toEqual([[202, 401], 401, 202])
  })
})
