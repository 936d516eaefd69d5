import { Option } from 'commander'
import { isTable } from '../config/schema/table.js'
import { readSource } from '../config/source/read-source.js'
import { type ConfigFlag, configOf } from './config-flag.js'

export interface AdminFlags extends ConfigFlag {
  readonly admin?: string
}

/** How long an answer may take: a relay under full load answers late. */
const patienceMs = 30_000

/** The flag of the commands that ask a running relay through its admin port. */
export const adminFlag = (about = 'the admin port of the relay (default: "admin" of the configuration)'): Option =>
  new Option('-a, --admin <address>', about).env('WILDCAST_ADMIN')

/** Requests of an operator to a running relay. */
export interface AdminClient {
  /** @throws {Error} with the remedy if the relay can't be reached, or refuses */
  request(path: string, body?: object): Promise<Readonly<Record<string, unknown>>>
  /** Returns an answer that is not JSON. @throws {Error} as `request` does */
  text(path: string): Promise<string>
  readonly address: string
}

export async function adminClient(flags: AdminFlags): Promise<AdminClient> {
  const address = flags.admin ?? (await addressIn(configOf(flags)))
  const text = async (path: string, body?: object): Promise<string> => {
    const response = await fetch(`http://${address}${path}`, {
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(patienceMs),
    }).catch((cause: unknown) => {
      throw new Error(`can't reach the admin port ${address}; is the relay running there?`, { cause })
    })
    const answer = await response.text()
    if (response.ok) return answer
    throw new Error(`${address} has answered ${response.status}: ${answer.trim()}`)
  }
  return {
    address,
    text,
    async request(path, body) {
      const value = parsed(await text(path, body))
      if (isTable(value)) return value
      throw new Error(`${address} is not the admin port of a relay; correct --admin`)
    },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // another server
  }
}

/** Only this key is read: the secrets of the configuration may not be known here. */
async function addressIn(file: string): Promise<string> {
  const { value } = await readSource(file)
  const admin = isTable(value) ? value.admin : undefined
  if (typeof admin === 'string' && !admin.includes('$')) return admin
  const why =
    admin === undefined
      ? `${file} has no admin port; add admin = "127.0.0.1:3016"`
      : `"admin" in ${file} has a variable`
  throw new Error(`${why}, or name the port with --admin`)
}
