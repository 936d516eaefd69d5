import { InvalidArgumentError, Option } from 'commander'

/** The claims that have a flag of their own, or that a relay makes. */
const own = ['sub', 'exp', 'iat', 'iss', 'aud']

export type ClaimsFlag = Readonly<Record<string, unknown>>

/** The flag for claims; it may be repeated. */
export const claimFlag = (): Option =>
  new Option('--claim <name=value>', 'a claim of the token, as JSON or text; may be repeated').argParser(addClaim)

function addClaim(text: string, before: ClaimsFlag = {}): ClaimsFlag {
  const [, name = '', value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (name === '') throw new InvalidArgumentError('Allowed: a name and a value, such as team=red.')
  if (own.includes(name)) throw new InvalidArgumentError(`The claim "${name}" has a flag or key of its own.`)
  return { ...before, [name]: jsonOrText(value) }
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export const userFlag = (): Option => new Option('--user <name>', 'the name of the user')

export const roleFlag = (): Option => new Option('--role <name>', 'a role of the configuration')

/** @param about - what the namespace is for */
export const namespaceFlag = (about: string): Option => new Option('--namespace <name>', about)

/** A flag and a variable: other users can see a token among the arguments of a command. */
export const tokenFlag = (): Option =>
  new Option(
    '--token <token>',
    'your token or key; other users of this machine see arguments in "ps": prefer the variable',
  ).env('WILDCAST_TOKEN')
