import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { TlsSettings } from '../../brokers/settings.js'
import { fileFault, type ReadText } from './read-text.js'
import type { ConfigFault } from './source/source.js'

/**
 * Returns what is wrong with the certificates of a broker: unreadable files, and invalid contents.
 */
export function inspectCertificates(
  { rootCertificate, clientCertificate }: TlsSettings,
  readText: ReadText,
): readonly ConfigFault[] {
  const faults: ConfigFault[] = []
  const at = <Read>(file: string, path: ConfigFault['path'], read: (text: string) => Read): Read | undefined => {
    try {
      return read(readText(file))
    } catch (cause) {
      faults.push({ path, message: cause instanceof Unreadable ? cause.message : fileFault(cause) })
      return undefined
    }
  }
  if (rootCertificate !== undefined) at(rootCertificate, ['root_certificate'], certificateIn)
  if (clientCertificate === undefined) return faults
  const certificate = at(clientCertificate.certificate, ['client_certificate', 'certificate'], certificateIn)
  const key = at(clientCertificate.key, ['client_certificate', 'key'], keyIn)
  if (certificate && key && !certificate.checkPrivateKey(key))
    faults.push({
      path: ['client_certificate', 'key'],
      message: '{it} names a key that does not belong to "certificate"; correct one of the two paths',
    })
  return faults
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
