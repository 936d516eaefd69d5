import { type Added, quoted, type Template } from './template.js'

export const redisBroker: Template = {
  name: 'redis-broker',
  about: 'a Redis',
  questions: [{ key: 'url', about: 'its URL', standard: 'redis://localhost:6379' }],
  toml: ({ name, form, answers: { url = '' } }) =>
    form === 'own'
      ? `[brokers.${name}]\ntype = "redis"\nurl = ${quoted(url)}\n`
      : `[trigger.brokers.${name}]\nbroker_type = { Redis = ${quoted(url)} }\n`,
}

export const natsBroker: Template = {
  name: 'nats-broker',
  about: 'a NATS server',
  questions: [{ key: 'address', about: 'its address', standard: 'localhost:4222' }],
  toml: (added) => keyed(added, 'nats', `addresses = [${quoted(added.answers.address ?? '')}]`),
}

export const mqttBroker: Template = {
  name: 'mqtt-broker',
  about: 'an MQTT server',
  questions: [{ key: 'address', about: 'its address', standard: 'mqtt://localhost:1883' }],
  toml: (added) => keyed(added, 'mqtt', `address = ${quoted(added.answers.address ?? '')}`),
}

function keyed({ name, form }: Added, type: 'nats' | 'mqtt', keys: string): string {
  return form === 'own'
    ? `[brokers.${name}]\ntype = "${type}"\n${keys}\n`
    : `[trigger.brokers.${name}.broker_type.${type === 'nats' ? 'Nats' : 'Mqtt'}]\n${keys}\n`
}
