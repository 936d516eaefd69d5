// npm run check: all checks except those of the browser and the packages, with real brokers.
import { installPackages, installPrograms } from './needs.js'
import { script } from './run.js'

await script(async () => {
  installPackages()
  installPrograms()
  const { checks, runSteps } = await import('./steps.js')
  await runSteps(checks)
})
