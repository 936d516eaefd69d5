import { rmSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { clientOf, helloToml, memoryToml, project, startVite, textsOf } from './testing/dev-server.js'

const files = {
  'wildcast.toml': memoryToml + helloToml,
  'components/hello.ts': 'export default () => ({ message: "hello" })',
}

describe('a configuration with a mistake', () => {
  it('keeps the relay closed, with the reason in each answer, until it is corrected; the page is served', async () => {
    const { write, root } = project({ ...files, 'wildcast.toml': `${memoryToml}portt = 1\n` })
    const { url, shows } = await startVite({ root, write })
    await shows(/wildcast\.toml:3: .*portt/)
    const response = await fetch(`${url}/healthz`)
    expect({ status: response.status, text: await response.text() }).toEqual({
      status: 503,
      text: expect.stringMatching(/^the relay is not open: .*wildcast\.toml:3: /),
    })
    expect((await fetch(url)).status).toBe(200)
    const publishing = clientOf(url).publish('a', 'x')
    write('wildcast.toml', memoryToml)
    expect(await publishing).toBe('confirmed')
  })

  it('does not change a relay that runs', async () => {
    const { url, shows, write } = { ...(await opened()) }
    const client = clientOf(url)
    write('wildcast.toml', `${files['wildcast.toml']}x = `)
    await shows(/wildcast\.toml:\d+: /)
    expect(await client.publish('a', 'x')).toBe('confirmed')
  })

  it('is a missing file that was named, until it is there', async () => {
    const folder = project()
    const { url, shows } = await startVite(folder, { config: 'conf/relay.toml' })
    await shows(/conf.relay\.toml: there is no such file; create it/)
    folder.write('conf/relay.toml', memoryToml)
    await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(200)
  })

  it('may be in the keys that the plugin is given', async () => {
    const { shows } = await startVite(project(), { config: { portt: 1 } })
    await shows(/the option "config" of wildcast\(\): .*portt/)
  })
})

describe('a changed configuration', () => {
  it('is applied as by wildcast reload, and what needs a restart is named', async () => {
    const { url, shows, write, vite } = await opened()
    write('wildcast.toml', `${memoryToml}[brokers.second]\ntype = "memory"\n${helloToml}`)
    await shows('component "hello" is loaded again')
    await shows('restart to change broker "second": press r, then Enter')
    await vite.restart()
    const { brokers } = JSON.parse(await (await fetch(`${url}/healthz`)).text())
    expect(brokers).toHaveLength(2)
    const client = clientOf(url)
    const texts = await textsOf(client, 'goodbye')
    await client.publish('hello.Ada', '')
    await expect.poll(() => texts).toEqual(['hello'])
  })

  it('that only changes the folder of the page changes nothing: Vite serves the page', async () => {
    const { shows, write, root, lines } = await opened()
    write('dist/index.html', '')
    write('wildcast.toml', `static = "${path.join(root, 'dist')}"\n${files['wildcast.toml']}`)
    await shows('component "hello" is loaded again')
    expect(lines.filter((line) => line.includes('restart'))).toEqual([])
  })

  it('may be gone: the relay runs on, and Vite reports it', async () => {
    const { shows, root, url } = await opened()
    rmSync(path.join(root, 'wildcast.toml'))
    await shows(/wildcast\.toml: there is no such file/)
    expect(await clientOf(url).publish('a', 'x')).toBe('confirmed')
  })
})

async function opened() {
  const folder = project(files)
  const running = await startVite(folder)
  await expect.poll(async () => (await fetch(`${running.url}/readyz`)).status).toBe(200)
  return { ...folder, ...running }
}
