// Runs beside the relay of the demo, which gives its URL in WILDCAST_URL: see docs/demo.md.
import { openDemoServer } from '../demo/server/dist/index.js'
import { endWithParent, script } from './run.js'

await script(async () => {
  endWithParent()
  openDemoServer({ url: process.env.WILDCAST_URL })
})
