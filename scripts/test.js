// npm test: everything, on a machine that may have nothing yet.
import { installPackages, installPrograms } from './needs.js'
import { script } from './run.js'

await script(async () => {
  installPackages()
  installPrograms()
  const { runSteps, tests } = await import('./steps.js')
  await runSteps(tests)
})
