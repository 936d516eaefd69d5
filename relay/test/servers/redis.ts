import type { Certificates } from './certificates.js'
import { type Program, startProgram } from './program.js'
import { temporaryFolder } from './temporary-folder.js'

export interface RedisOptions {
  /** Accepts only TLS, with the server's certificate of these. */
  readonly tls?: Certificates
  readonly requireClientCertificate?: boolean
  readonly password?: string
  /** More arguments, such as `['--appendonly', 'yes']`. */
  readonly args?: readonly string[]
}

export interface Redis extends Program {
  /** `redis://127.0.0.1:<port>` or `rediss://localhost:<port>`, with the password if it has one. */
  readonly url: string
}

/** A Redis that stores nothing on disk. Its side port is the cluster bus. */
export async function startRedis(options: RedisOptions = {}): Promise<Redis> {
  const { tls, password, args = [] } = options
  const folder = temporaryFolder()
  const program = await startProgram({
    name: 'redis-server',
    ready: /Ready to accept connections/,
    args: (port, sidePort) => [
      ...['--bind', '127.0.0.1', '--dir', folder, '--save', ''],
      ...['--port', tls ? '0' : `${port}`, '--cluster-port', `${sidePort}`],
      ...(tls ? secured(port, tls, options.requireClientCertificate ?? false) : []),
      ...(password ? ['--requirepass', password] : []),
      ...args,
    ],
  })
  // With the name of the default user: redis-cli treats an empty name as a user's.
  const user = password ? `default:${encodeURIComponent(password)}@` : ''
  const url = tls ? `rediss://${user}localhost:${program.port}` : `redis://${user}127.0.0.1:${program.port}`
  return { ...program, url }
}

function secured(port: number, { caFile, server }: Certificates, requireClientCertificate: boolean): string[] {
  return [
    ...['--tls-port', `${port}`, '--tls-ca-cert-file', caFile],
    ...['--tls-cert-file', server.certFile, '--tls-key-file', server.keyFile],
    ...['--tls-auth-clients', requireClientCertificate ? 'yes' : 'no'],
  ]
}
