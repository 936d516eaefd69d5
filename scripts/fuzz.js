// npm run fuzz -- [inputs] [seed]: random frames, requests, bytes and tokens for a running relay.
import { installPackages } from './needs.js'
import { run, script, tool } from './run.js'

await script(async () => {
  const [inputs = '100000', seed] = process.argv.slice(2)
  installPackages()
  run(tool('typescript/bin/tsc', '-b', 'relay'))
  const env = { ...process.env, FUZZ_INPUTS: inputs, ...(seed && { FUZZ_SEED: seed }) }
  run(tool('vitest/vitest.mjs', 'run', '--project', 'heavy', 'relay/test/fuzz'), { env })
})
