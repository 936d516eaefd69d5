import { InvalidArgumentError, Option } from 'commander'
import { modes } from '../../gateways/dialects/classic/encoders.js'
import { forms } from '../../gateways/endpoints/http-envelope.js'
import { everyOrigin, isOrigin } from '../../gateways/endpoints/origin-trust.js'
import { isNetwork } from '../../gateways/endpoints/proxy-list.js'
import type { GatewayConfig } from '../config/config.js'
import { type GatewayKey, type GatewayOption, gatewayOptions, type OptionValue } from '../config/gateway-options.js'
import { existingFolder } from './existing-folder.js'
import { wholeNumberFlag } from './whole-number.js'

const options: readonly GatewayOption[] = gatewayOptions

/** The flags of a gateway, each with its variable and its default. */
export function gatewayFlags(): readonly Option[] {
  return options.map((option) => {
    const { about, usual, value } = option
    if (typeof usual === 'number') return flag(option, about).default(usual)
    const unit = value.kind === 'seconds' ? ', in seconds' : ''
    const example = 'example' in value ? `: ${value.example},…` : ''
    return flag(option, `${about}${unit}${example} (usual: ${usual})`)
  })
}

/** The flag of one option, for a command with another default. */
export function gatewayFlag(key: GatewayKey, about: string): Option {
  const option = options.find((one) => one.key === key)
  if (!option) throw new TypeError(`a gateway has no option "${key}"`)
  return flag(option, about)
}

/** Reads flags as a configuration would be read. */
export function gatewayOfFlags(flags: Readonly<Record<string, unknown>>): GatewayConfig {
  const fields = options.flatMap((option) => {
    const value = flags[flag(option, option.about).attributeName()]
    return value === undefined ? [] : [[option.field, value] as const]
  })
  return Object.fromEntries(fields) as unknown as GatewayConfig
}

function flag({ flag, env, value }: GatewayOption, about: string): Option {
  return reading(new Option(flag, about.replaceAll('`', '')).env(env), value)
}

/** Makes an option accept only values of this kind. */
function reading(option: Option, value: OptionValue): Option {
  switch (value.kind) {
    case 'mode':
      return option.choices(modes)
    case 'form':
      return option.choices(forms)
    case 'number':
      return option.argParser(wholeNumberFlag(value.from, value.to))
    case 'seconds': {
      const seconds = wholeNumberFlag(value.from, value.to)
      return option.argParser((text) => seconds(text) * 1000)
    }
    case 'folder':
      return option.argParser(existingFolder)
    case 'origins':
      return option.argParser(originsOf)
    case 'networks':
      return option.argParser(networksOf)
    case 'host':
    case 'truth':
      return option
  }
}

function networksOf(text: string): readonly string[] {
  const list = text.split(',')
  if (list.every(isNetwork)) return list
  throw new InvalidArgumentError('Allowed: addresses and networks such as 10.0.0.0/8.')
}

function originsOf(text: string): readonly string[] {
  const origins = text.split(',')
  if (origins.every((one) => one === everyOrigin || isOrigin(one))) return origins
  throw new InvalidArgumentError('Allowed: origins such as https://shop.example, without a path, or * for all.')
}
