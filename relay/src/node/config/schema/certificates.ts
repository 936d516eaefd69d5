import * as v from 'valibot'
import type { TlsSettings } from '../../../brokers/settings.js'
import { defined } from './defined.js'
import { type Optional, optional, type Reads, table } from './table.js'
import { text } from './values.js'

/** Makes a path absolute. */
export type Resolve = (path: string) => string

interface Certificates {
  readonly root_certificate?: string
  readonly client_certificate?: { certificate: string; key: string }
}

/** The keys of certificates. */
export function certificateEntries(resolve: Resolve): {
  readonly root_certificate: Optional<string>
  readonly client_certificate: Optional<{ certificate: string; key: string }>
} {
  const file: Reads<string> = v.pipe(text, v.transform(resolve))
  const examples = { certificate: '"client.pem"', key: '"client.key"' }
  return {
    root_certificate: optional(file),
    client_certificate: optional(table({ certificate: file, key: file }, examples)),
  }
}

export function tlsOf({ root_certificate, client_certificate }: Certificates): TlsSettings | undefined {
  if (root_certificate === undefined && client_certificate === undefined) return undefined
  return defined({ rootCertificate: root_certificate, clientCertificate: client_certificate })
}

/** Rejects certificates without an encrypted connection, which would be silently unused. */
export function certificatesNeed<Input extends Certificates>(
  encrypted: (input: Input) => boolean,
  remedy: string,
): v.CheckAction<Input, string> {
  return v.check(
    (input) => tlsOf(input) === undefined || encrypted(input),
    `{it} has certificates, but its link is not encrypted; ${remedy}`,
  )
}
