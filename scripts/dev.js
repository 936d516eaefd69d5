// npm run dev: the relay from its build, which restarts when that changes, with the sources of the
// demo beside it; and the page with hot reload, whose server proxies the paths of the relay.
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { installPackages, root } from './needs.js'
import { endWithParent, run, script, tool } from './run.js'

await script(async () => {
  installPackages({ tests: false })
  run(tool('typescript/bin/tsc', '-b'))

  // The configuration names this folder, though Vite serves the page here.
  mkdirSync(path.join(root, 'demo/dist'), { recursive: true })
  const up = ['relay/bin/wildcast.js', 'up', '--config', 'demo/wildcast.toml']
  const { chooseAuth, chooseStore, openControl, sources } = await import('./run-demo.js')
  chooseStore()
  await chooseAuth()
  await openControl()
  const relay = [process.execPath, '--watch', ...up, '--', ...sources]
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
  endWithParent(stop)
})
