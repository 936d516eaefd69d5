import { modes } from '../../gateways/dialects/classic/encoders.js'
import { forms } from '../../gateways/endpoints/http-envelope.js'
import type { GatewayConfig } from './config.js'

/**
 * The options of a gateway. A configuration's keys, the flags and variables of `wildcast gateway`,
 * and the table in docs/configuration.md are made from this list.
 */
export const gatewayOptions = [
  {
    key: 'port',
    field: 'port',
    flag: '-p, --port <port>',
    env: 'PORT',
    value: { kind: 'number', from: 0, to: 65_535 },
    about: 'the port to listen on; 0 takes a free one',
    more: '; `--port` and the variable `PORT` of `wildcast up` go first',
    usual: 3015,
  },
  {
    key: 'host',
    field: 'host',
    flag: '--host <address>',
    env: 'WILDCAST_HOST',
    value: { kind: 'host' },
    about: 'the address to listen on',
    usual: 'every address of the machine',
  },
  {
    key: 'websockets',
    field: 'websockets',
    flag: '-w, --websockets <mode>',
    env: 'WEBSOCKETS',
    value: { kind: 'mode' },
    about: 'what classic WebSocket clients are sent',
    usual: 'classic clients are not served',
  },
  {
    key: 'request_response',
    field: 'requestResponse',
    flag: '-r, --request-response <form>',
    env: 'REQUEST_RESPONSE',
    value: { kind: 'form' },
    about: 'how `/request` serialises HTTP',
    usual: '`/request` is not served',
  },
  {
    key: 'timeout',
    field: 'timeoutMs',
    flag: '-t, --timeout <ms>',
    env: 'TIMEOUT',
    value: { kind: 'number', from: 1, to: 300_000, unit: 'milliseconds' },
    about: 'how long `/request` waits for an answer',
    usual: 2000,
  },
  {
    key: 'static',
    field: 'static',
    flag: '-s, --static <folder>',
    env: 'WILDCAST_STATIC',
    value: { kind: 'folder' },
    about: 'a folder whose files are served, too',
    usual: 'none',
  },
  {
    key: 'origins',
    field: 'origins',
    flag: '-o, --origins <list>',
    env: 'ORIGINS',
    value: { kind: 'origins', example: 'https://shop.example' },
    about: 'the origins whose pages may use the relay',
    more: ', or `["*"]` for all; see [origins](gateway.md#origins)',
    usual: 'its own; on a loopback host every loopback origin',
  },
  {
    key: 'compression',
    field: 'compression',
    flag: '--compression',
    env: 'WILDCAST_COMPRESSION',
    value: { kind: 'truth' },
    about: 'whether messages of 1 KiB to 512 KiB are compressed for WebSocket clients that offer it',
    more: ', once for all of them; see [performance](performance.md)',
    usual: 'false',
  },
  {
    key: 'keep_alive',
    field: 'keepAliveMs',
    flag: '--keep-alive <seconds>',
    env: 'WILDCAST_KEEP_ALIVE',
    // A day: a connection that is idle for longer is not used again.
    value: { kind: 'seconds', from: 1, to: 86_400 },
    about: 'how long an HTTP connection stays open between two requests',
    more: '; longer than a load balancer in front keeps it, or the balancer answers 502',
    usual: '75',
  },
  {
    key: 'trusted_proxies',
    field: 'trustedProxies',
    flag: '--trusted-proxies <list>',
    env: 'WILDCAST_TRUSTED_PROXIES',
    value: { kind: 'networks', example: '10.0.0.0/8' },
    about: 'the proxies whose headers state the address of a client',
    more: '; see [proxies](gateway.md#proxies)',
    usual: 'none',
  },
  {
    key: 'proxy_protocol',
    field: 'proxyProtocol',
    flag: '--proxy-protocol',
    env: 'WILDCAST_PROXY_PROTOCOL',
    value: { kind: 'truth' },
    about: 'whether these proxies begin each connection with a PROXY header of version 2',
    more: '; then no other client may connect',
    usual: 'false',
  },
] as const

type Listed = (typeof gatewayOptions)[number]

export type GatewayKey = Listed['key']

/** A gateway as a configuration defines it, with its values read. */
export type GatewayKeys = { readonly port: number } & {
  readonly [Option in Listed as Option['key']]?: NonNullable<GatewayConfig[Option['field']]>
}

/** The values that an option accepts. */
export type OptionValue =
  | { readonly kind: 'number'; readonly from: number; readonly to: number; readonly unit?: string }
  | { readonly kind: 'seconds'; readonly from: number; readonly to: number }
  | { readonly kind: 'origins' | 'networks'; readonly example: string }
  | { readonly kind: 'mode' | 'form' | 'host' | 'folder' | 'truth' }

/** An option of the list. */
export interface GatewayOption {
  readonly key: GatewayKey
  /** Its key in `GatewayConfig`. */
  readonly field: keyof GatewayConfig
  /** In the syntax of commander. */
  readonly flag: string
  readonly env: string
  readonly value: OptionValue
  /** Its description, in a line of Markdown. */
  readonly about: string
  /** A continuation of the description for the documentation. */
  readonly more?: string
  /** The default value; in words if users can't write it. */
  readonly usual: number | string
}

/** The description of an option in the documentation, in Markdown. */
export function documented({ about, value, more = '' }: GatewayOption): string {
  return `${about}${valuesOf(value)}${more}`
}

function valuesOf(value: OptionValue): string {
  switch (value.kind) {
    case 'mode':
      return wordsOf(modes)
    case 'form':
      return wordsOf(forms)
    case 'number':
      return value.unit === undefined ? '' : `, in ${value.unit}, up to ${value.to}`
    case 'seconds':
      return `, in seconds, from ${value.from} to ${value.to}`
    case 'origins':
    case 'networks':
      return `, such as \`["${value.example}"]\``
    case 'host':
    case 'folder':
    case 'truth':
      return ''
  }
}

function wordsOf(words: readonly string[]): string {
  return `: ${words.map((word) => `\`"${word}"\``).join(', ')}`
}
