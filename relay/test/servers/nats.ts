import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Certificates } from './certificates.js'
import { type Program, startProgram } from './program.js'
import { temporaryFolder } from './temporary-folder.js'

export interface NatsOptions {
  /** Accepts only TLS, with the server's certificate of these. */
  readonly tls?: Certificates
  readonly requireClientCertificate?: boolean
  /** In bytes; the server's default is 1 MiB. */
  readonly maxPayload?: number
  readonly jetstream?: boolean
  /** The most that JetStream keeps on disk. @default 256MB */
  readonly maxFileStore?: string
  /** Logs every operation of the protocol. */
  readonly trace?: boolean
  /** More lines for nats.conf, such as an `authorization` block. */
  readonly config?: string
}

export interface Nats extends Program {
  /** `nats://127.0.0.1:<port>` or `tls://localhost:<port>` */
  readonly url: string
  /** `http://127.0.0.1:<side port>`, with `/healthz`, `/varz`, `/connz`, `/subsz`, `/jsz`. */
  readonly monitor: string
  /** Replaces `config` while it runs. Rejects if the server can't load these lines. */
  reload(config: string): Promise<void>
}

export async function startNats(options: NatsOptions = {}): Promise<Nats> {
  const folder = temporaryFolder()
  const file = path.join(folder, 'nats.conf')
  const write = (port: number, sidePort: number, config = ''): void =>
    writeFileSync(file, `${settings(options, folder, port, sidePort)}\n${config}\n`)

  const program = await startProgram({
    name: 'nats-server',
    ready: /Server is ready/,
    keep: options.trace ? 4_000_000 : 20_000,
    args(port, sidePort) {
      write(port, sidePort, options.config)
      return ['-c', file, ...(options.trace ? ['-DV'] : [])]
    },
  })
  return {
    ...program,
    url: options.tls ? `tls://localhost:${program.port}` : `nats://127.0.0.1:${program.port}`,
    monitor: `http://127.0.0.1:${program.sidePort}`,
    async reload(config) {
      write(program.port, program.sidePort, config)
      program.signal('SIGHUP')
      const [, problem] = await program.says(
        /Reloaded server configuration|Failed to reload server configuration: (.*)/,
      )
      if (problem) throw new Error(problem)
    },
  }
}

function settings(options: NatsOptions, folder: string, port: number, sidePort: number): string {
  const { tls, requireClientCertificate = false, maxPayload, jetstream, maxFileStore = '256MB' } = options
  const lines = [`listen: "127.0.0.1:${port}"`, `http: "127.0.0.1:${sidePort}"`]
  if (maxPayload) lines.push(`max_payload: ${maxPayload}`)
  if (jetstream)
    lines.push(`jetstream { store_dir: "${folder}", max_memory_store: 64MB, max_file_store: ${maxFileStore} }`)
  if (tls)
    lines.push(
      `tls { cert_file: "${tls.server.certFile}", key_file: "${tls.server.keyFile}"`,
      `ca_file: "${tls.caFile}", verify: ${requireClientCertificate} }`,
    )
  return lines.join('\n')
}
