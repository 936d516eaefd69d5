import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { WildcastError } from '@wildcast/protocol'
import {
  type Authenticator,
  type ConnectionOptions,
  credsAuthenticator,
  jwtAuthenticator,
  nkeyAuthenticator,
  type TlsOptions,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from 'nats'
import { type Certificates, readCertificates } from '../foreign/certificates.js'
import type { NatsAuth, NatsSettings } from '../settings.js'
import type { NatsAddress } from './address.js'
import type { Greeting } from './greeting.js'

/** What the files hold that the settings name. */
export interface NatsFiles extends Certificates {
  readonly credentials?: string
}

/** How long a server may take to answer, for each of its addresses. */
export const connectTimeoutMs = 5000

/** The link asks for signs of life itself. This is the longest interval that a timer can hold. */
const neverMs = 2 ** 31 - 1

/**
 * Reads the files again for each connection, since certificates and credentials are renewed.
 * @throws {WildcastError} `broker_down` where one can't be read
 */
export async function filesOf({ tls, auth }: NatsSettings): Promise<NatsFiles> {
  const certificates = await readCertificates(typeof tls === 'object' ? tls : undefined)
  return auth?.kind === 'credentialsFile' ? { ...certificates, credentials: await read(auth.path) } : certificates
}

/**
 * What the client library is told. Reconnecting, the choice among servers and names, and signs of
 * life are not its business.
 * @throws {WildcastError} `broker_down` where the server and the settings can't agree
 */
export function connectionOptions(
  { tls, clientName = 'wildcast', auth }: NatsSettings,
  address: NatsAddress,
  greeting: Greeting,
  files: NatsFiles,
): ConnectionOptions {
  const encrypted = encryption(address, greeting, tls !== undefined && tls !== false)
  const who = authenticatorOf(auth ?? address.auth, files)
  return {
    servers: address.text,
    name: clientName,
    timeout: connectTimeoutMs,
    reconnect: false,
    ignoreClusterUpdates: true,
    // Node's own way to a name knows /etc/hosts, and does not wait long for a dead IPv6 address.
    resolve: false,
    pingInterval: neverMs,
    noAsyncTraces: true,
    ...(encrypted ? { tls: tlsOf(address, files) } : {}),
    ...(who ? { authenticator: who } : {}),
  }
}

/** Whether the link will be encrypted. */
function encryption({ encrypted }: NatsAddress, { tls_required, tls_available }: Greeting, wanted: boolean): boolean {
  const offered = tls_required === true || tls_available === true
  if ((wanted || encrypted) && !offered) {
    const remedy = wanted ? 'leave out "tls" and certificates' : 'write nats:// instead of tls://'
    throw new WildcastError('broker_down', `the server does not speak TLS; ${remedy}, or set TLS up at the server`)
  }
  return offered
}

function tlsOf({ host }: NatsAddress, { ca, cert, key }: NatsFiles): TlsOptions {
  // The library hands these on to Node. Unless it is told the address, it takes a certificate for
  // "localhost" as that of every IP address.
  const name = isIP(host) ? { host } : { servername: host }
  const own = cert && key && { cert: cert.toString(), key: key.toString() }
  return { ...name, ...(ca && { ca: ca.toString() }), ...own }
}

function authenticatorOf(auth: NatsAuth | undefined, files: NatsFiles): Authenticator | undefined {
  switch (auth?.kind) {
    case undefined:
      return undefined
    case 'token':
      return tokenAuthenticator(auth.token)
    case 'user':
      return usernamePasswordAuthenticator(auth.user, auth.password)
    case 'nkey':
      return tried(nkeyAuthenticator(bytes(auth.seed)), 'the NKey is not the seed of a user, which begins with SU')
    case 'jwt':
      return tried(
        jwtAuthenticator(auth.jwt, bytes(auth.seed)),
        '"nkey_seed" is not the seed of a user, which begins with SU',
      )
    case 'credentialsFile':
      return tried(credsAuthenticator(lines(files.credentials ?? '')), `${auth.path} holds no credentials`)
    case 'credentials':
      return tried(credsAuthenticator(lines(auth.text)), 'they are not what stands in a credentials file')
  }
}

/** The library would find out in the middle of the handshake, and say it in its own words. */
function tried(authenticator: Authenticator, fault: string): Authenticator {
  try {
    authenticator('nonce')
    return authenticator
  } catch {
    throw new WildcastError('broker_down', `the credentials can't be read: ${fault}; look at "auth"`)
  }
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text.trim())

/** The library wants lines to end so, the last one too. */
const lines = (text: string): Uint8Array => new TextEncoder().encode(`${text.replaceAll('\r\n', '\n')}\n`)

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new WildcastError('broker_down', `can't read ${path} (${code}): look at "auth"`, { cause })
  }
}
