import { parsePattern, parseSubject, WildcastError } from '@wildcast/protocol'
import { type Added, quoted, refuseBroker, type Template, type TemplateQuestion } from './template.js'

const by = (parse: (text: string) => unknown) => (answer: string) => {
  try {
    parse(answer)
    return undefined
  } catch (cause) {
    return WildcastError.from(cause).message
  }
}

const broker: TemplateQuestion = {
  key: 'broker',
  about: 'the broker that triggers it',
  standard: { text: 'the default broker', of: ({ brokers }) => brokers[0] ?? 'primary' },
  refuse: refuseBroker,
}
const resultBroker: TemplateQuestion = {
  key: 'result-broker',
  about: 'the broker that its outputs go to',
  standard: { text: 'the same', of: (_, answers) => answers.broker ?? 'primary' },
  refuse: refuseBroker,
}
const resultSubject: TemplateQuestion = {
  key: 'result-subject',
  about: 'the subject that its outputs go to',
  standard: 'goodbye',
  refuse: by(parseSubject),
}

export const messageComponent: Template = {
  name: 'message-component',
  about: 'a component that the messages of a pattern trigger',
  questions: [
    broker,
    { key: 'topic', about: 'the pattern that triggers it', standard: 'hello.*', refuse: by(parsePattern) },
    resultBroker,
    resultSubject,
  ],
  toml: (added) => componentToml(added, `[component.trigger.subscription.Topic]\n${topic(added)}\n${result(added)}`),
  files: ({ name }) => ({
    [fileOf(name)]: `import { defineComponent } from '@wildcast/relay'

/** Its return value is published as its \`result\` configures; see docs/components.md. */
export default defineComponent((message) => ({
  message: \`Goodbye, \${message.subject}: \${message.text()}\`,
}))
`,
  }),
}

export const queueComponent: Template = {
  name: 'queue-component',
  about: 'a component that shares the messages of a queue with others of its group',
  questions: [
    broker,
    { key: 'topic', about: 'the pattern that triggers it', standard: 'my.topic', refuse: by(parsePattern) },
    { key: 'group', about: 'the group that it belongs to', standard: 'queue_group', refuse: by(parseSubject) },
    resultBroker,
    resultSubject,
  ],
  toml: (added) =>
    componentToml(
      added,
      `[component.trigger.subscription.Queue]\n${topic(added)}\ngroup = ${answer(added, 'group')}\n${result(added)}`,
    ),
  files: ({ name }) => ({
    [fileOf(name)]: `import { defineComponent } from '@wildcast/relay'

/** Each message goes to one member of the group, across all relays. */
export default defineComponent((message) => ({
  message: \`done: \${message.text()}\`,
}))
`,
  }),
}

export const requestResponseComponent: Template = {
  name: 'request-response-component',
  alias: 'request-response-message-component',
  about: 'a component that answers HTTP requests',
  questions: [
    broker,
    { key: 'path', about: 'the path behind /request/', standard: 'hello/*' },
    { key: 'method', about: 'the method, or * for all', standard: 'POST' },
    {
      key: 'serialization',
      about: 'how the gateway serialises requests: json or messagepack, as its request_response',
      standard: 'json',
      refuse: (text) => (['json', 'messagepack'].includes(text) ? undefined : 'write json or messagepack'),
    },
  ],
  toml: (added) =>
    componentToml(
      added,
      `[component.trigger.subscription.Request]\npath = ${answer(added, 'path')}\nmethod = ${answer(added, 'method')}`,
    ),
  files: ({ name, answers }) => {
    const kind = answers.serialization === 'messagepack' ? 'msgpackHttp' : 'jsonHttp'
    return {
      [fileOf(name)]: `import { ${kind} } from '@wildcast/relay'

/** Needs a gateway with request_response = ${quoted(answers.serialization ?? 'json')}. */
export default ${kind}(
  async (request, { path }) => new Response(\`Path: \${path}, Received: \${await request.text()}\\n\`),
)
`,
    }
  },
}

function componentToml(added: Added, subscription: string): string {
  return `[[component]]
id = ${quoted(added.name)}
source = ${quoted(fileOf(added.name))}
[component.trigger]
broker = ${answer(added, 'broker')}
${subscription}
`
}

function answer({ answers }: Added, key: string): string {
  return quoted(answers[key] ?? '')
}

function topic(added: Added): string {
  return `topic = ${answer(added, 'topic')}`
}

function result(added: Added): string {
  const [broker, subject] = [answer(added, 'result-broker'), answer(added, 'result-subject')]
  return `result = { default_broker = ${broker}, default_subject = ${subject} }`
}

function fileOf(name: string): string {
  return `components/${name}.js`
}
