import { mqttAddressOf } from '../../brokers/mqtt/options.js'
import { natsAddressOf } from '../../brokers/nats/address.js'
import type { BrokerSettings } from '../../brokers/settings.js'
import { isLoopback } from '../../gateways/endpoints/origin-trust.js'
import type { Config, GatewayConfig } from '../config/config.js'
import { type Finding, noted, ok, warning } from './finding.js'

const shortestPassword = 16

/** Checks the security of a valid configuration. */
export function checkConfig(config: Config): readonly Finding[] {
  return [
    ...checkAuth(config),
    ...checkAdmin(config),
    ...[...config.brokers].flatMap(([name, settings]) => checkSecret(name, settings)),
    ...config.gateways.flatMap((gateway) => checkGateway(gateway, config)),
  ]
}

function checkAuth({ auth, gateways }: Config): readonly Finding[] {
  if (auth) return [ok('security', 'clients must show who they are, as [auth] states')]
  if (gateways.every(isLocal))
    return [noted('security', 'without [auth] every program of this machine may do everything')]
  return [
    warning('security', 'without [auth] every client may do everything', 'add [auth] and [roles]: docs/security.md'),
  ]
}

function checkAdmin({ admin, gateways }: Config): readonly Finding[] {
  if (!admin)
    return gateways.every(isLocal)
      ? [noted('security', 'there is no admin port', 'add admin = "127.0.0.1:3016"')]
      : [
          warning(
            'security',
            '/metrics is open to every client, since there is no admin port',
            'add admin = "127.0.0.1:3016"',
          ),
        ]
  if (isLoopbackHost(admin.host)) return [ok('security', 'the admin port is reached from this machine only')]
  const remedy = 'write admin = "127.0.0.1:…", or keep that address in a private network'
  return [warning('security', `everyone who reaches ${admin.host} may use the admin port, and end sessions`, remedy)]
}

function checkGateway({ port, ...gateway }: GatewayConfig, { auth }: Config): readonly Finding[] {
  if (isLocal({ port, ...gateway })) return []
  const { origins, tls, trustedProxies = [], static: files, mqtt } = gateway
  const findings: Finding[] = []
  if (origins === undefined && files === undefined && !mqtt)
    findings.push(
      noted('security', `port ${port}: only pages of its own origin may use it`, 'name the others in "origins"'),
    )
  if (origins?.includes('*') && auth?.cookie !== undefined)
    findings.push(
      warning('security', `port ${port}: pages of every origin may use it, without the cookie`, 'name your origins'),
    )
  if (!tls && trustedProxies.length === 0)
    findings.push(
      warning(
        'security',
        `port ${port} has no TLS and trusts no proxy: others can read tokens, or a proxy hides addresses`,
        'add "tls", or name the proxy that ends TLS in "trusted_proxies"',
      ),
    )
  return findings.length > 0 ? findings : [ok('security', `port ${port}: origins and TLS or proxies are named`)]
}

function checkSecret(name: string, settings: BrokerSettings): readonly Finding[] {
  const secret = secretOf(settings)
  if (secret === undefined || secret.length >= shortestPassword) return []
  const message = `the password of broker "${name}" has fewer than ${shortestPassword} characters`
  return [warning('security', message, 'use a longer one, such as of "openssl rand -base64 32"')]
}

function secretOf(settings: BrokerSettings): string | undefined {
  switch (settings.type) {
    case 'memory':
      return undefined
    case 'redis':
      return (settings.password ?? new URL(settings.url).password) || undefined
    case 'mqtt':
      return settings.credentials?.password ?? mqttAddressOf(settings.address).password
    case 'nats': {
      const [first = 'localhost'] = settings.addresses
      const auth = settings.auth ?? natsAddressOf(first).auth
      return auth?.kind === 'token' ? auth.token : auth?.kind === 'user' ? auth.password : undefined
    }
  }
}

function isLocal({ host }: GatewayConfig): boolean {
  return host !== undefined && isLoopbackHost(host)
}

function isLoopbackHost(host: string): boolean {
  return isLoopback(host.includes(':') ? `[${host}]` : host)
}
