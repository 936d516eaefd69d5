// npm run demo:brokers: as npm start, over a real Redis, NATS and Mosquitto, which it installs.
import { buildDemo } from './build-demo.js'
import { installPackages, installPrograms } from './needs.js'
import { run, script, tool } from './run.js'

await script(async () => {
  installPackages({ tests: false })
  installPrograms(['redis-server', 'redis-cli', 'nats-server', 'mosquitto', 'mosquitto_pub'])
  run(tool('typescript/bin/tsc', '-b'))
  buildDemo()
  const { runDemo } = await import('./run-demo.js')
  await runDemo({ withBrokers: true })
})
