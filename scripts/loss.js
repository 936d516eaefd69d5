// npm run loss -- [seconds] [seed]: 20 clients over a network that fails at random, with a check of
// every message.
import { installPackages, installPrograms } from './needs.js'
import { run, script, tool } from './run.js'

await script(async () => {
  const [seconds = '120', seed] = process.argv.slice(2)
  installPackages()
  installPrograms()
  run(tool('typescript/bin/tsc', '-b', 'relay'))
  const env = { ...process.env, LOSS_SECONDS: seconds, ...(seed && { LOSS_SEED: seed }) }
  run(tool('vitest/vitest.mjs', 'run', '--project', 'heavy', 'relay/test/loss'), { env })
})
