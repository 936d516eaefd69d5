import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'

/** The relay on a free port. */
async function startRelay() {
  const relay = spawn(process.execPath, ['node_modules/@wildcast/relay/bin/wildcast.js', 'up', '--port', '0'])
  let said = ''
  for await (const chunk of relay.stdout) {
    said += chunk
    const port = /:(\d+)\n/.exec(said)?.[1]
    if (port) return { url: `http://127.0.0.1:${port}`, stop: () => relay.kill() }
  }
  throw new Error('the relay did not start; try "npx wildcast check"')
}

test('the component answers on goodbye', async () => {
  const relay = await startRelay()
  try {
    const events = await fetch(`${relay.url}/subscribe/goodbye`, { headers: { accept: 'text/event-stream' } })
    await fetch(`${relay.url}/publish/hello.test`, { method: 'POST', body: 'hi' })
    let heard = ''
    for await (const chunk of events.body ?? []) {
      heard += new TextDecoder().decode(chunk)
      if (heard.includes('data: ')) break
    }
    assert.match(heard, /Hello, test: hi/)
  } finally {
    relay.stop()
  }
})
