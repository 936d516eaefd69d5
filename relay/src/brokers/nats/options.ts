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

/** The content of the files that the settings name. */
export interface NatsFiles extends Certificates {
  readonly credentials?: string
}

/** How long a server may take to answer, for each address. */
export const connectTimeoutMs = 5000

/** The link pings by itself. This is the longest interval of a timer. */
const neverMs = 2 ** 31 - 1

/**
 * Reads the files. It is called for each connection: certificates and credentials are renewed.
 * @throws {WildcastError} `broker_down` if one can't be read
 */
export async function filesOf({ tls, auth }: NatsSettings): Promise<NatsFiles> {
  const certificates = await readCertificates(typeof tls === 'object' ? tls : undefined)
  return auth?.kind === 'credentialsFile' ? { ...certificates, credentials: await read(auth.path) } : certificates
}

/**
 * Returns the options of the client library. The link reconnects, chooses the server, resolves
 * names and pings.
 * @throws {WildcastError} `broker_down` if the server can't do what the settings require
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
    // Node's resolver reads /etc/hosts, and does not wait long for a dead IPv6 address.
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
  // The library passes these to Node. Without `host`, a certificate for "localhost" is accepted for
  // each IP address.
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
      return checkedAuthenticator(
        nkeyAuthenticator(bytes(auth.seed)),
        'the NKey is not the seed of a user, which begins with SU',
      )
    case 'jwt':
      return checkedAuthenticator(
        jwtAuthenticator(auth.jwt, bytes(auth.seed)),
        '"nkey_seed" is not the seed of a user, which begins with SU',
      )
    case 'credentialsFile':
      return checkedAuthenticator(
        credsAuthenticator(lines(files.credentials ?? '')),
        `${auth.path} holds no credentials`,
      )
    case 'credentials':
      return checkedAuthenticator(
        credsAuthenticator(lines(auth.text)),
        'they are not the content of a credentials file',
      )
  }
}

/** Calls the authenticator once: the library would fail in the handshake, with an unclear error. */
function checkedAuthenticator(authenticator: Authenticator, fault: string): Authenticator {
  try {
    authenticator('nonce')
    return authenticator
  } catch {
    throw new WildcastError('broker_down', `the credentials can't be read: ${fault}; look at "auth"`)
  }
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text.trim())

/** The library requires each line to end with a line feed. */
const lines = (text: string): Uint8Array => new TextEncoder().encode(`${text.replaceAll('\r\n', '\n')}\n`)

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new WildcastError('broker_down', `can't read ${path} (${code}): look at "auth"`, { cause })
  }
}
