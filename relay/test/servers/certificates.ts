import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { programFile } from './program-file.js'
import { temporaryFolder } from './temporary-folder.js'

/** A certificate with its key, as PEM and as files. */
export interface Certificate {
  readonly cert: string
  readonly key: string
  readonly certFile: string
  readonly keyFile: string
}

/** An authority with two certificates: of a server on localhost and 127.0.0.1, and of a client. */
export interface Certificates {
  readonly ca: string
  readonly caFile: string
  readonly server: Certificate
  readonly client: Certificate
}

const made = new Map<string, Certificates>()

/** Creates them once for each authority. Two authorities don't trust each other. */
export function makeCertificates(authority = 'ours'): Certificates {
  const present = made.get(authority)
  if (present) return present
  const folder = temporaryFolder()
  const ca = issue(folder, authority)
  const certificates: Certificates = {
    ca: ca.cert,
    caFile: ca.certFile,
    server: issue(folder, 'server', ca),
    client: issue(folder, 'client', ca),
  }
  made.set(authority, certificates)
  return certificates
}

/** Self-signed if there is no issuer. */
function issue(folder: string, name: string, issuer?: Certificate): Certificate {
  const certFile = path.join(folder, `${name}.pem`)
  const keyFile = path.join(folder, `${name}.key`)
  const signed = issuer
    ? `-CA ${issuer.certFile} -CAkey ${issuer.keyFile} -addext basicConstraints=CA:FALSE ` +
      '-addext subjectAltName=DNS:localhost,IP:127.0.0.1'
    : ''
  const words =
    `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=${name} ` +
    `-keyout ${keyFile} -out ${certFile} ${signed}`
  execFileSync(programFile('openssl'), words.trim().split(' '), { stdio: 'pipe' })
  return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8'), certFile, keyFile }
}
