import { readFile } from 'node:fs/promises'
import { WildcastError } from '@wildcast/protocol'
import type { TlsSettings } from '../settings.js'

/** The content of PEM files. */
export interface Certificates {
  readonly ca?: Buffer
  readonly cert?: Buffer
  readonly key?: Buffer
}

/**
 * Reads the certificates of a link. It is called for each connection: certificates are renewed
 * while a relay runs.
 * @throws {WildcastError} `broker_down`, naming the file and the settings key
 */
export async function readCertificates(tls: TlsSettings | undefined): Promise<Certificates> {
  const { rootCertificate, clientCertificate } = tls ?? {}
  const [ca, cert, key] = await Promise.all([
    read(rootCertificate, 'root_certificate'),
    read(clientCertificate?.certificate, 'client_certificate.certificate'),
    read(clientCertificate?.key, 'client_certificate.key'),
  ])
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }
}

async function read(path: string | undefined, setting: string): Promise<Buffer | undefined> {
  if (path === undefined) return undefined
  try {
    return await readFile(path)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new WildcastError('broker_down', `can't read ${path} (${code}): look at "${setting}"`, { cause })
  }
}
