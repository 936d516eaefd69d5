// npm start: installs, builds, and serves the demo and the relay on one port.
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { installPackages, root } from './needs.js'
import { run, script, tool } from './run.js'

await script(async () => {
  installPackages()
  run(tool('typescript/bin/tsc', '-b'))
  run(tool('vite/bin/vite.js', 'build', '--logLevel', 'warn'))

  // npm runs scripts through a shell that does not pass signals on: a parent that is gone is the
  // sign to leave.
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && process.kill(process.pid, 'SIGTERM'), 500).unref()

  process.argv.splice(2, Number.POSITIVE_INFINITY, 'up', '--config', path.join(root, 'demo/wildcast.toml'))
  await import(pathToFileURL(path.join(root, 'relay/bin/wildcast.js')).href)
})
