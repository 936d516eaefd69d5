// npm start: installs, builds, and serves the demo and the relay on one port.
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { installPackages, root } from './needs.js'
import { endWithParent, run, script, tool } from './run.js'

await script(async () => {
  installPackages()
  run(tool('typescript/bin/tsc', '-b'))
  run(tool('vite/bin/vite.js', 'build', '--logLevel', 'warn'))
  endWithParent()
  const config = path.join(root, 'demo/wildcast.toml')
  const beside = [process.execPath, path.join(root, 'scripts/demo-server.js')]
  process.argv.splice(2, Number.POSITIVE_INFINITY, 'up', '--config', config, '--', ...beside)
  await import(pathToFileURL(path.join(root, 'relay/bin/wildcast.js')).href)
})
