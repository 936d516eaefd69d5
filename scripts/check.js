// npm run check: everything but the browser and the packages, against real brokers.
import { installPackages, installPrograms } from './needs.js'
import { script } from './run.js'

await script(async () => {
  installPackages()
  installPrograms()
  const { checks, runSteps } = await import('./steps.js')
  await runSteps(checks)
})
