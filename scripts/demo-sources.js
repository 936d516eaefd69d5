// Publishes the streams of the demo. It runs beside the relay, whose URL is in WILDCAST_URL.
import { openSources } from '../demo/server/dist/index.js'
import { endWithParent, script } from './run.js'

await script(async () => {
  endWithParent()
  const { WILDCAST_URL: url, WILDCAST_DEMO_CONTROL: control } = process.env
  openSources({ url, control: control && JSON.parse(control) })
})
