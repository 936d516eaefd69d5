// npm run dev: the relay from its build, which restarts when that changes, and the demo with hot
// reload, which passes the relay's paths on.
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { installPackages, root } from './needs.js'
import { run, script, tool } from './run.js'

await script(async () => {
  installPackages()
  run(tool('typescript/bin/tsc', '-b'))

  // What is named there must be there, though Vite serves the page here.
  mkdirSync(path.join(root, 'demo/dist'), { recursive: true })
  const relay = [process.execPath, '--watch', 'relay/bin/wildcast.js', 'up', '--config', 'demo/wildcast.toml']
  const children = [
    relay,
    tool('vite/bin/vite.js', '--clearScreen', 'false'),
    tool('typescript/bin/tsc', '-b', '--watch', '--preserveWatchOutput'),
  ].map(([command, ...args]) => spawn(command, args, { cwd: root, stdio: 'inherit' }))

  function stop() {
    for (const child of children) child.kill('SIGTERM')
  }
  for (const child of children) child.once('exit', stop)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, stop)
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && stop(), 500).unref()
})
