import { defineComponent } from '@wildcast/relay'

/** Triggered by each message on `hello.*`; its result is published on `goodbye`. */
export default defineComponent((message, { config }) => ({
  message: { text: `${config.greeting}, ${message.params[0]}: ${message.text()}` },
}))
