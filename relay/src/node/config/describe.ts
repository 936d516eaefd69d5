import type { Config, GatewayConfig } from './config.js'

/** Describes what a configuration opens, briefly and without a secret. */
export function describe({ brokers, namespaces = {}, gateways, bridges, components, contract }: Config): string {
  const kinds = [...brokers].map(([name, { type }]) => `${name}: ${type}`)
  return [
    `${count(brokers.size, 'broker')} (${kinds.join(', ')})`,
    gateways.length === 0 ? 'no gateway' : `${count(gateways.length, 'gateway')} on ${gateways.map(where).join(', ')}`,
    ...(Object.keys(namespaces).length === 0 ? [] : [count(Object.keys(namespaces).length, 'namespace')]),
    ...(bridges.length === 0 ? [] : [count(bridges.length, 'bridge')]),
    ...(components.length === 0 ? [] : [count(components.length, 'component')]),
    ...(contract ? ['a contract'] : []),
  ].join(', ')
}

function where({ port }: GatewayConfig): string {
  return port === 0 ? 'a free port' : String(port)
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
