import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { TlsSettings } from '../../brokers/settings.js'
import type { GatewayTls } from '../front/tls-files.js'
import { fileFault, type ReadText } from './read-text.js'
import type { ConfigFault } from './source/source.js'

/**
 * Returns what is wrong with the certificates of a broker: unreadable files, and invalid contents.
 */
export function inspectCertificates(
  { rootCertificate, clientCertificate }: TlsSettings,
  readText: ReadText,
): readonly ConfigFault[] {
  const root = inspectFile(rootCertificate, ['root_certificate'], certificateIn, readText)
  const pair = clientCertificate && inspectPair(clientCertificate, ['client_certificate'], readText)
  return [...root.faults, ...(pair ?? [])]
}

/** The same for the certificates of a gateway. */
export function inspectGatewayTls({ clientCa, ...pair }: GatewayTls, readText: ReadText): readonly ConfigFault[] {
  const authorities = inspectFile(clientCa, ['client_ca'], certificateIn, readText)
  return [...inspectPair(pair, [], readText), ...authorities.faults]
}

function inspectPair(
  files: { readonly certificate: string; readonly key: string },
  path: ConfigFault['path'],
  readText: ReadText,
): readonly ConfigFault[] {
  const certificate = inspectFile(files.certificate, [...path, 'certificate'], certificateIn, readText)
  const key = inspectFile(files.key, [...path, 'key'], keyIn, readText)
  const faults = [...certificate.faults, ...key.faults]
  if (!certificate.value || !key.value || certificate.value.checkPrivateKey(key.value)) return faults
  const message = '{it} names a key that does not belong to "certificate"; correct one of the two paths'
  return [...faults, { path: [...path, 'key'], message }]
}

function inspectFile<Read>(
  file: string | undefined,
  path: ConfigFault['path'],
  read: (text: string) => Read,
  readText: ReadText,
): { readonly value?: Read; readonly faults: readonly ConfigFault[] } {
  if (file === undefined) return { faults: [] }
  try {
    return { value: read(readText(file)), faults: [] }
  } catch (cause) {
    return { faults: [{ path, message: cause instanceof Unreadable ? cause.message : fileFault(cause) }] }
  }
}

/** The contents of a file are invalid. */
class Unreadable extends Error {}

/** The first certificate of a file. All of them must be valid. */
function certificateIn(text: string): X509Certificate {
  const blocks = text.match(/-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[\s\S]*?-----END [^-]*-----/g) ?? []
  try {
    const [first] = blocks.map((block) => new X509Certificate(block))
    if (first) return first
  } catch (cause) {
    throw new Unreadable('{it} names a file with a broken certificate; create it again', { cause })
  }
  throw new Unreadable('{it} names a file without a certificate; name a PEM file that begins with BEGIN CERTIFICATE')
}

function keyIn(text: string): KeyObject {
  if (/ENCRYPTED/.test(text))
    throw new Unreadable('{it} names a key with a passphrase, which is not supported; decrypt the key')
  try {
    return createPrivateKey(text)
  } catch (cause) {
    throw new Unreadable(
      '{it} names a file without a private key, or with a broken one; name a PEM file with the key',
      { cause },
    )
  }
}
