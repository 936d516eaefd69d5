import { defineComponent } from '@wildcast/relay'

/** Triggered by each message on `hello.*`; its result is published on `greeting.<name>`. */
export default defineComponent((message, { config }) => ({
  subject: `greeting.${message.params[0]}`,
  message: { text: `${config.greeting}, ${message.params[0]}: ${message.text()}` },
}))
