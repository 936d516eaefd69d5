import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { makeCertificates } from './certificates.js'
import { type Program, startProgram } from './program.js'
import { temporaryFolder } from './temporary-folder.js'

const deploy = path.resolve(import.meta.dirname, '../../../deploy')

/** Replaces texts that must be there. */
function adapt(file: string, changes: readonly (readonly [from: string, to: string])[]): string {
  return changes.reduce(
    (text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`deploy/${file} has no "${from}"`)
      return text.replaceAll(from, to)
    },
    readFileSync(path.join(deploy, file), 'utf8'),
  )
}

/**
 * Starts nginx with deploy/nginx.conf, in front of two relays. Only its port, its certificate and
 * the addresses of the relays are those of the test.
 */
export function startNginx([one, two]: readonly [number, number]): Promise<Program> {
  const folder = temporaryFolder()
  const { server } = makeCertificates()
  return startProgram({
    name: 'nginx',
    ready: /start worker process /,
    args(port) {
      const site = adapt('nginx.conf', [
        ['listen 443 ssl', `listen 127.0.0.1:${port} ssl`],
        ['127.0.0.1:3015', `127.0.0.1:${one}`],
        ['127.0.0.1:3025', `127.0.0.1:${two}`],
        ['/etc/ssl/app.example.com.pem', server.certFile],
        ['/etc/ssl/app.example.com.key', server.keyFile],
      ])
      const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (name) => `${name}_temp_path ${folder}/${name};`,
      )
      const file = path.join(folder, 'nginx.conf')
      const main = `daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr notice;
events { worker_connections 4096; }
http { access_log off; ${paths.join(' ')} ${site} }`
      writeFileSync(file, main)
      return ['-p', folder, '-c', file]
    },
  })
}

/** Starts Caddy with deploy/Caddyfile, with the same changes as `startNginx`. */
export function startCaddy([one, two]: readonly [number, number]): Promise<Program> {
  const folder = temporaryFolder()
  const { server } = makeCertificates()
  return startProgram({
    name: 'caddy',
    ready: /serving initial configuration/,
    args(port) {
      const site = adapt('Caddyfile', [
        ['app.example.com {', `https://localhost:${port} {\n\ttls ${server.certFile} ${server.keyFile}`],
        ['127.0.0.1:3015', `127.0.0.1:${one}`],
        ['127.0.0.1:3025', `127.0.0.1:${two}`],
      ])
      const file = path.join(folder, 'Caddyfile')
      writeFileSync(file, `{\n\tadmin off\n\tauto_https disable_redirects\n\tstorage file_system ${folder}\n}\n${site}`)
      return ['run', '--config', file, '--adapter', 'caddyfile']
    },
  })
}
