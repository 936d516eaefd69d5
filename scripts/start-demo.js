import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { root } from './needs.js'

/** Runs `npm start` on a free port, with an empty store. Resolves with its URL and its end. */
export async function startDemo() {
  const demo = spawn(process.execPath, [path.join(root, 'scripts/start.js')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PORT: '0' },
  })
  let output = ''
  for await (const chunk of demo.stdout) {
    output += chunk
    const url = /Wildcast is up: (http:\/\/localhost:\d+)/.exec(output)?.[1]
    if (url) return { url, stop: () => stop(demo) }
  }
  throw new Error(`the demo did not start: ${output}`)
}

async function stop(demo) {
  const ended = once(demo, 'exit')
  demo.kill('SIGTERM')
  await ended
}
