// npm run check: everything that needs no browser and no server, in less than a minute.
import { installPackages } from './needs.js'
import { script } from './run.js'

await script(async () => {
  installPackages()
  const { checks, runSteps } = await import('./steps.js')
  await runSteps(checks)
})
