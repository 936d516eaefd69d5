import { isIP } from 'node:net'
import * as v from 'valibot'
import { type Mode, modes } from '../../../gateways/dialects/classic/encoders.js'
import { type EnvelopeForm, forms } from '../../../gateways/endpoints/http-envelope.js'
import { everyOrigin, isOrigin } from '../../../gateways/endpoints/origin-trust.js'
import { isNetwork } from '../../../gateways/endpoints/proxy-list.js'
import type { GatewayConfig } from '../config.js'
import {
  type GatewayKey,
  type GatewayKeys,
  type GatewayOption,
  gatewayOptions,
  type OptionValue,
} from '../gateway-options.js'
import type { Context } from './context.js'
import { defined } from './defined.js'
import { optional, type Reads } from './table.js'
import { choice, list, seconds, text, truth, wholeNumber } from './values.js'

/** The words of one form of a configuration. */
export interface Words {
  readonly modes: Readonly<Record<string, Mode>>
  readonly forms: Readonly<Record<string, EnvelopeForm>>
}

export const ownWords: Words = { modes: asTheyAre(modes), forms: asTheyAre(forms) }

export const originalWords: Words = {
  modes: { BinaryBody: 'binary', TextBody: 'text', Messagepack: 'messagepack', Json: 'json' },
  forms: { Messagepack: 'messagepack', Json: 'json' },
}

/** Only listening shows whether this machine has the address. */
const hostName: Reads<string> = v.pipe(
  text,
  v.check(
    (host) => isIP(host) !== 0 || /^[\w-]+(?:\.[\w-]+)*$/.test(host),
    '{it} must be an address such as "127.0.0.1", without a scheme and a port',
  ),
)

/** As browsers write it: no path, and no default port. Or all of them. */
const origin: Reads<string> = v.pipe(
  text,
  v.check(
    (value) => value === everyOrigin || isOrigin(value),
    '{it} must be an origin such as "https://shop.example", without a path; or "*" for all',
  ),
)

const network: Reads<string> = v.pipe(
  text,
  v.check(isNetwork, '{it} must be an address or a network, such as "10.0.0.0/8"'),
)

const options: readonly GatewayOption[] = gatewayOptions

type Entries = { readonly [Key in keyof GatewayKeys]-?: Reads<NonNullable<GatewayKeys[Key]>> }

/** The entries of a gateway's table. In some tables the port may be omitted. */
export function gatewayEntries(
  words: Words,
  context: Context,
): Pick<Entries, 'port'> & {
  readonly [Key in Exclude<GatewayKey, 'port'>]: v.ExactOptionalSchema<Entries[Key], undefined>
} {
  const entries = options.map(({ key, value }) => {
    const schema = schemaOf(value, words, context)
    return [key, key === 'port' ? schema : optional(schema)]
  })
  return Object.fromEntries(entries)
}

/** The gateway of these keys, for one broker or for all. */
export function gatewayOf(keys: GatewayKeys, broker?: string): GatewayConfig {
  const fields = options.map(({ key, field, usual }) => {
    const value = keys[key] ?? (typeof usual === 'number' ? usual : undefined)
    return [field, value] as const
  })
  return defined({ ...Object.fromEntries(fields), broker }) as object as GatewayConfig
}

function schemaOf(value: OptionValue, words: Words, { isFolder, resolve }: Context): Reads<unknown> {
  switch (value.kind) {
    case 'mode':
      return choice(words.modes)
    case 'form':
      return choice(words.forms)
    case 'number':
      return wholeNumber(value.from, value.to, value.unit)
    case 'seconds':
      return seconds(value.from, value.to)
    case 'folder':
      return v.pipe(
        text,
        v.check(isFolder, '{it} names a folder that does not exist; create it or correct the path'),
        v.transform(resolve),
      )
    case 'origins':
      return list(origin, `["${value.example}"]`)
    case 'networks':
      return list(network, `["${value.example}"]`)
    case 'host':
      return hostName
    case 'truth':
      return truth
  }
}

function asTheyAre<Word extends string>(words: readonly Word[]): Readonly<Record<string, Word>> {
  return Object.fromEntries(words.map((word) => [word, word]))
}
