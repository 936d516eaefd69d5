import { readFileSync } from 'node:fs'
import type { TlsOptions } from 'node:tls'

/** The files of a gateway's TLS, as absolute paths. */
export interface GatewayTls {
  readonly certificate: string
  readonly key: string
  /** The authorities of client certificates. Set: every client must show one. */
  readonly clientCa?: string | undefined
}

/** Reads the files. @throws if one can't be read */
export function readTlsFiles({ certificate, key, clientCa }: GatewayTls): TlsOptions {
  return {
    cert: readFileSync(certificate),
    key: readFileSync(key),
    ...(clientCa !== undefined && { ca: readFileSync(clientCa), requestCert: true, rejectUnauthorized: true }),
  }
}
