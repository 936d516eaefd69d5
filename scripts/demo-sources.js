// Publishes the streams of the demo, and signs its users in. It runs beside the relay, whose URL is
// in WILDCAST_URL.
import { openSources } from '../demo/server/dist/index.js'
import { endWithParent, script } from './run.js'

await script(async () => {
  endWithParent()
  const { WILDCAST_URL: url, WILDCAST_DEMO_CONTROL: control, WILDCAST_DEMO_SECRET: secret } = process.env
  const admin = `http://127.0.0.1:${process.env.WILDCAST_DEMO_ADMIN}`
  openSources({ url, control: control && JSON.parse(control), secret, admin })
})
