import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Certificates } from './certificates.js'
import { type Program, startProgram } from './program.js'
import { programFile } from './program-file.js'
import { temporaryFolder } from './temporary-folder.js'

export interface MosquittoOptions {
  /** Accepts only TLS, with the server's certificate of these. */
  readonly tls?: Certificates
  readonly requireClientCertificate?: boolean
  /** Passwords by name. @default every client may connect */
  readonly users?: Readonly<Record<string, string>>
  /** The lines of an ACL file, such as `topic read news/#`. @default everything is allowed */
  readonly acl?: string
  /** Logs every packet. */
  readonly trace?: boolean
  /** More lines for mosquitto.conf, such as `persistence true`. */
  readonly config?: string
}

export interface Mosquitto extends Program {
  /** `mqtt://127.0.0.1:<port>` or `mqtts://localhost:<port>` */
  readonly url: string
}

export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const folder = temporaryFolder()
  const file = path.join(folder, 'mosquitto.conf')
  const program = await startProgram({
    name: 'mosquitto',
    ready: /mosquitto version \S+ running/,
    keep: options.trace ? 4_000_000 : 20_000,
    args(port) {
      writeFileSync(file, `${settings(options, folder, port).join('\n')}\n${options.config ?? ''}\n`)
      return ['-c', file]
    },
  })
  return { ...program, url: options.tls ? `mqtts://localhost:${program.port}` : `mqtt://127.0.0.1:${program.port}` }
}

function settings(options: MosquittoOptions, folder: string, port: number): string[] {
  const { tls, requireClientCertificate = false, users, acl, trace } = options
  const lines = [`persistence_location ${folder}/`, 'log_dest stderr', `allow_anonymous ${!users}`]
  // Otherwise short packets wait 40 ms for the acknowledgement of earlier ones.
  lines.push('set_tcp_nodelay true')
  // Root would become the user `mosquitto`, which can't read the tests' folders.
  if (process.getuid?.() === 0) lines.push('user root')
  if (trace) lines.push('log_type all')
  if (users) lines.push(`password_file ${passwordFile(folder, users)}`)
  if (acl) lines.push(`acl_file ${aclFile(folder, acl)}`)
  lines.push(`listener ${port} 127.0.0.1`)
  if (tls)
    lines.push(
      `cafile ${tls.caFile}`,
      `certfile ${tls.server.certFile}`,
      `keyfile ${tls.server.keyFile}`,
      `require_certificate ${requireClientCertificate}`,
    )
  return lines
}

function passwordFile(folder: string, users: Readonly<Record<string, string>>): string {
  const file = path.join(folder, 'passwords')
  writeFileSync(file, '', { mode: 0o600 })
  for (const user of Object.entries(users)) execFileSync(programFile('mosquitto_passwd'), ['-b', file, ...user])
  return file
}

function aclFile(folder: string, acl: string): string {
  const file = path.join(folder, 'acl')
  writeFileSync(file, `${acl}\n`, { mode: 0o600 })
  return file
}
