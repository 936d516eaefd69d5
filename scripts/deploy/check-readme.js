// Runs deploy/README.md line by line in a Debian that has only Node, and examines what it made.
import { appendFileSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { findProgram, root } from '../needs.js'
import { run } from '../run.js'
import { openDebian } from './debian.js'
import { copyRepository } from './dockerfile.js'
import { blocksOf } from './readme.js'

const read = (name) => readFileSync(path.join(root, 'deploy', name), 'utf8')
const url = 'https://app.example.com/realtime'

export async function checkReadme(base, folder) {
  if (findProgram('systemd-analyze')) run(['systemd-analyze', 'verify', path.join(root, 'deploy/wildcast.service')])
  const debian = await openDebian(base, folder)
  try {
    copyRepository('.', path.join(folder, 'root/wildcast'))
    appendFileSync(path.join(folder, 'etc/hosts'), '127.0.0.1 app.example.com\n')
    const { run: blocks } = blocksOf(read('README.md'))
    console.log('running deploy/README.md')
    // One shell, as a person has.
    const out = await debian.run(['cd /root/wildcast', ...blocks].join('\n'))
    await examine(debian, /^eyJ\S+$/m.exec(out)?.[0])
  } catch (error) {
    const log = await debian.run('cat /var/log/wildcast.log 2> /dev/null || true')
    throw new Error(`${error.message}\nThe log of the relay:\n${log}`)
  } finally {
    await debian.close()
  }
}

async function examine(debian, token) {
  if (!token) throw new Error('deploy/README.md printed no token')
  const at = {
    cwd: '/opt/wildcast',
    env: { WILDCAST_URL: `${url.replace('https', 'wss')}/ws`, NODE_EXTRA_CA_CERTS: '/etc/ssl/app.example.com.pem' },
  }
  const curl = 'curl -sS --cacert /etc/ssl/app.example.com.pem'
  await check('TLS answers with the certificate', () => debian.run(`${curl} -f ${url}/healthz`))
  await check('a user with a token publishes', () =>
    debian.run('npx wildcast pub room.1 hello', { ...at, env: { ...at.env, WILDCAST_TOKEN: token } }),
  )
  await check('a client without a token is refused', () => debian.run('! npx wildcast pub room.1 hello', at))
  await check('nginx does not pass on the metrics', async () => {
    const status = await debian.run(`${curl} -o /dev/null -w '%{http_code}' ${url}/metrics`)
    if (status !== '404') throw new Error(`/metrics behind nginx answered ${status}`)
  })
  await check('every metric of the dashboard is there', async () => {
    const metrics = await debian.run('curl -fsS http://127.0.0.1:3016/metrics')
    const dashboard = JSON.stringify(JSON.parse(read('grafana-dashboard.json')))
    for (const [name] of dashboard.matchAll(/\b(?:wildcast|process|nodejs)_\w+/g))
      if (!metrics.includes(`# TYPE ${name.replace(/_(bucket|count|sum)$/, '')} `)) throw new Error(`no metric ${name}`)
  })
  await check('a reload keeps the relay', () =>
    debian.run('systemctl reload wildcast; curl -fsS http://127.0.0.1:3015/readyz'),
  )
}

async function check(name, work) {
  await work()
  console.log(`  ${name}`)
}
