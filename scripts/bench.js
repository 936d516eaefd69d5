// npm run bench: builds, and measures the relay beside other servers; see bench/README.md.
import { installPackages, root } from './needs.js'
import { run, script, tool } from './run.js'

// The servers stop when this process exits, which a signal alone does not cause.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1))

await script(async () => {
  installPackages()
  run(tool('typescript/bin/tsc', '-b', 'relay'))
  const { bench } = await import(`${root}/bench/main.js`)
  await bench(process.argv.slice(2))
})
