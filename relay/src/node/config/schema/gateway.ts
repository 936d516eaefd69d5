import { isIP } from 'node:net'
import * as v from 'valibot'
import { type Mode, modes } from '../../../gateways/dialects/classic/encoders.js'
import { isOrigin } from '../../../gateways/endpoints/cross-origin.js'
import { type Form, forms } from '../../../gateways/endpoints/http-envelope.js'
import type { GatewayConfig } from '../config.js'
import type { Context } from './context.js'
import { defined } from './defined.js'
import { type Optional, optional, type Reads } from './table.js'
import { choice, list, seconds, text, truth, wholeNumber } from './values.js'

/** How the two forms of a configuration call the same things. */
export interface Words {
  readonly modes: Readonly<Record<string, Mode>>
  readonly forms: Readonly<Record<string, Form>>
}

export const ownWords: Words = { modes: asTheyAre(modes), forms: asTheyAre(forms) }

export const originalWords: Words = {
  modes: { BinaryBody: 'binary', TextBody: 'text', Messagepack: 'messagepack', Json: 'json' },
  forms: { Messagepack: 'messagepack', Json: 'json' },
}

/** A day: what is silent for longer is not coming back. */
export const longestKeepAliveS = 86_400

export const portNumber: Reads<number> = wholeNumber(0, 65_535)

/** Whether this machine has that address is known only when it listens. */
const hostName: Reads<string> = v.pipe(
  text,
  v.check(
    (host) => isIP(host) !== 0 || /^[\w-]+(?:\.[\w-]+)*$/.test(host),
    '{it} must be an address such as "127.0.0.1", without a scheme and a port',
  ),
)

/** As browsers write it: no path, and no port where it is the usual one. */
const origin: Reads<string> = v.pipe(
  text,
  v.check(isOrigin, '{it} must be an origin such as "https://shop.example", without a path'),
)

/** The keys of a gateway but its port. */
export function gatewayEntries(
  words: Words,
  { isFolder, resolve }: Context,
): {
  readonly host: Optional<string>
  readonly websockets: Optional<Mode>
  readonly request_response: Optional<Form>
  readonly timeout: Optional<number>
  readonly static: Optional<string>
  readonly origins: Optional<readonly string[]>
  readonly compression: Optional<boolean>
  readonly keep_alive: Optional<number>
} {
  const folder = v.pipe(
    text,
    v.check(isFolder, '{it} names a folder that is not there; create it or correct the path'),
    v.transform(resolve),
  )
  return {
    host: optional(hostName),
    websockets: optional(choice(words.modes)),
    request_response: optional(choice(words.forms)),
    timeout: optional(wholeNumber(1, 300_000, 'milliseconds')),
    static: optional(folder),
    origins: optional(list(origin, '["https://shop.example"]')),
    compression: optional(truth),
    keep_alive: optional(seconds(1, longestKeepAliveS)),
  }
}

/** A gateway as it was written. */
export interface GatewayKeys {
  readonly port: number
  readonly host?: string
  readonly websockets?: Mode
  readonly request_response?: Form
  readonly timeout?: number
  readonly static?: string
  readonly origins?: readonly string[]
  readonly compression?: boolean
  readonly keep_alive?: number
}

export function gatewayOf(keys: GatewayKeys, broker?: string): GatewayConfig {
  return defined({
    port: keys.port,
    host: keys.host,
    broker,
    websockets: keys.websockets,
    requestResponse: keys.request_response,
    timeoutMs: keys.timeout ?? 2000,
    static: keys.static,
    origins: keys.origins,
    compression: keys.compression,
    keepAliveMs: keys.keep_alive,
  })
}

function asTheyAre<Word extends string>(words: readonly Word[]): Readonly<Record<string, Word>> {
  return Object.fromEntries(words.map((word) => [word, word]))
}
