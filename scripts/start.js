// npm start: installs, builds, and serves the demo and the relay on one port.
import { installPackages } from './needs.js'
import { run, script, tool } from './run.js'

await script(async () => {
  installPackages({ tests: false })
  run(tool('typescript/bin/tsc', '-b'))
  run(tool('vite/bin/vite.js', 'build', '--logLevel', 'warn'))
  const { runDemo } = await import('./run-demo.js')
  await runDemo({ withBrokers: false })
})
