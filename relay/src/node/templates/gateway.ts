import type { Template, TemplateQuestion } from './template.js'

const choice =
  (...words: readonly string[]) =>
  (answer: string) =>
    words.includes(answer) ? undefined : `write ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`

const originalModes: Readonly<Record<string, string>> = {
  binary: 'BinaryBody',
  text: 'TextBody',
  messagepack: 'Messagepack',
  json: 'Json',
}

const questions: readonly TemplateQuestion[] = [
  {
    key: 'port',
    about: 'where clients connect',
    standard: '3010',
    refuse: (text) =>
      /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535 ? undefined : 'write a number from 0 to 65535',
  },
  {
    key: 'websockets',
    about: 'what classic WebSocket clients are sent: binary, text, messagepack or json',
    standard: 'json',
    refuse: choice('binary', 'text', 'messagepack', 'json'),
  },
  {
    key: 'request-response',
    about: 'how HTTP requests are serialised: json or messagepack',
    standard: 'json',
    refuse: choice('json', 'messagepack'),
  },
]

export const brokerGateway: Template = {
  name: 'broker-gateway',
  about: 'a port that leads to the broker of that name, else to the default one',
  namesBroker: true,
  questions,
  toml: ({ name, form, answers: { port, websockets = 'json', 'request-response': requests = 'json' } }) =>
    form === 'own'
      ? `[[gateway]]\nport = ${port}\nbroker = "${name}"\nwebsockets = "${websockets}"\n` +
        `request_response = "${requests}"\n`
      : `[trigger.brokers.${name}.gateway.Http]\nport = ${port}\nwebsockets = "${originalModes[websockets]}"\n` +
        `request_response = "${originalModes[requests]}"\n`,
}
