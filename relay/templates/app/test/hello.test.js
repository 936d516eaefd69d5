import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'

/** Starts the relay on a free port. */
async function startRelay() {
  const relay = spawn(process.execPath, ['node_modules/@wildcast/relay/bin/wildcast.js', 'up', '--port', '0'])
  let output = ''
  for await (const chunk of relay.stdout) {
    output += chunk
    const port = /:(\d+)\n/.exec(output)?.[1]
    if (port) return { url: `http://127.0.0.1:${port}`, stop: () => relay.kill() }
  }
  throw new Error('the relay did not start; try "npx wildcast check"')
}

test('the component greets', async () => {
  const relay = await startRelay()
  try {
    const events = await fetch(`${relay.url}/subscribe/greeting.test`, { headers: { accept: 'text/event-stream' } })
    await fetch(`${relay.url}/publish/hello.test`, { method: 'POST', body: 'hi' })
    let received = ''
    for await (const chunk of events.body ?? []) {
      received += new TextDecoder().decode(chunk)
      if (received.includes('data: ')) break
    }
    assert.match(received, /Hello, test: hi/)
  } finally {
    relay.stop()
  }
})
