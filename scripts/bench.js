// npm run bench: builds, and measures the relay beside other servers; bench/README.md says what.
import { installPackages, root } from './needs.js'
import { run, script, tool } from './run.js'

await script(async () => {
  installPackages()
  run(tool('typescript/bin/tsc', '-b', 'relay'))
  const { bench } = await import(`${root}/bench/main.js`)
  await bench(process.argv.slice(2))
  process.exit()
})
