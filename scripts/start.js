// npm start: installs, builds, and serves the demo and the relay on one port.
import { buildDemo } from './build-demo.js'
import { installPackages } from './needs.js'
import { run, script, tool } from './run.js'

await script(async () => {
  installPackages({ tests: false })
  run(tool('typescript/bin/tsc', '-b'))
  buildDemo()
  const { runDemo } = await import('./run-demo.js')
  await runDemo({ withBrokers: false })
})
