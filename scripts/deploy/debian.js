// A Debian in a folder, with a network and processes of its own, for the commands of deploy/.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { findProgram, npm } from '../needs.js'
import { run, runs } from '../run.js'

const here = import.meta.dirname

/** Makes a Debian that has only Node, the one that runs this script. */
export function makeDebian(folder, suite) {
  if (process.getuid?.() !== 0) throw new Error('this makes a Debian in a folder: run it as root, such as with sudo')
  const sites = spawnSync('apt-get', ['indextargets', '--format', '$(SITE)', `Codename: ${suite}`], {
    encoding: 'utf8',
  })
  const mirror = sites.stdout?.split('\n').find((site) => site.startsWith('http'))
  const words = ['--variant=minbase', suite, folder, ...(mirror ? [mirror] : [])]
  run([findProgram('debootstrap'), ...words], { stdio: ['ignore', 'ignore', 'inherit'] })
  installNode(folder)
  if (!runs(['chroot', folder, 'node', '--version']))
    throw new Error(
      `this Node doesn't run in Debian ${suite}: use one that is built for its glibc, as those of nodejs.org`,
    )
}

function installNode(folder) {
  const cli = npm().length > 1 ? npm()[1] : realpathSync(findProgram('npm') ?? '')
  const modules = path.join(folder, 'usr/local/lib/node_modules/npm')
  cpSync(path.resolve(cli, '../..'), modules, { recursive: true })
  cpSync(process.execPath, path.join(folder, 'usr/local/bin/node'))
  for (const name of ['npm', 'npx']) {
    const file = path.join(folder, 'usr/local/bin', name)
    writeFileSync(file, `#!/bin/sh\nexec node /usr/local/lib/node_modules/npm/bin/${name}-cli.js "$@"\n`, {
      mode: 0o755,
    })
  }
  for (const name of ['resolv.conf', 'hosts']) cpSync(`/etc/${name}`, path.join(folder, 'etc', name))
}

/**
 * Starts a copy of a Debian: a network and processes of its own, which end with `close`. Only
 * `apt-get` and `npm` use the network of this machine.
 */
export async function openDebian(base, folder) {
  run(['cp', '-a', '--reflink=auto', base, folder])
  writeOutside(folder)
  for (const name of ['apt-get', 'npm', 'systemctl']) {
    const file = path.join(folder, 'usr/local/sbin', name)
    cpSync(path.join(here, 'bin', name), file)
    chmodSync(file, 0o755)
  }
  // A package must not start its service in the network of this machine: apt-get above does it.
  writeFileSync(path.join(folder, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  const script = [
    'set -e',
    'mount --bind /proc/$2/ns/net $1/run/outside/net',
    'mount -t proc proc $1/proc',
    'ip link set lo up',
    'read pid rest < /proc/self/stat', // of the /proc of this machine
    'echo $pid',
    'exec cat',
  ].join('\n')
  const apart = ['--mount', '--pid', '--net', '--fork', '--kill-child']
  const first = spawn('unshare', [...apart, 'sh', '-c', script, 'sh', folder, String(process.pid)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(first, 'exit')
  const line = await Promise.race([once(first.stdout, 'data'), ended.then(() => undefined)])
  if (!line) throw new Error('no namespaces of the kernel: run this as root, outside a container without CAP_SYS_ADMIN')
  const enter = ['nsenter', '--target', String(line[0]).trim(), '--mount', '--pid', '--net']
  return {
    folder,
    run: (command, place) => runIn(enter, folder, command, place),
    /** Starts a program of this machine in the network of the Debian. */
    lend: (...command) => spawn(enter[0], [...enter.slice(1), ...command], { stdio: 'ignore' }),
    start: (words, place) => spawn(enter[0], [...enter.slice(1), ...commandIn(folder, words, place)]),
    async close() {
      first.stdin.end()
      await ended
    },
  }
}

/** Writes the variables with which npm reaches its registry from this machine. */
function writeOutside(folder) {
  const outside = path.join(folder, 'run/outside')
  mkdirSync(outside, { recursive: true })
  writeFileSync(path.join(outside, 'net'), '')
  const names = [
    'npm_config_registry',
    'http_proxy',
    'https_proxy',
    'no_proxy',
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'NO_PROXY',
  ]
  const lines = names.filter((name) => process.env[name]).map((name) => `export ${name}='${process.env[name]}'`)
  const authorities = process.env.NODE_EXTRA_CA_CERTS
  if (authorities && existsSync(authorities)) {
    writeFileSync(path.join(outside, 'authorities.pem'), readFileSync(authorities))
    lines.push('export NODE_EXTRA_CA_CERTS=/run/outside/authorities.pem')
  }
  writeFileSync(path.join(outside, 'environment'), `${lines.join('\n')}\n`)
}

const searched = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** The words that run a command in a Debian as a user, with nothing of our environment. */
function commandIn(folder, words, { user = 'root', cwd = '/', env = {} } = {}) {
  const set = { PATH: searched, HOME: user === 'root' ? '/root' : '/tmp', ...env }
  const given = Object.entries(set).map(([name, value]) => `${name}=${value}`)
  const at = ['sh', '-c', 'cd "$0" && exec "$@"', cwd]
  return ['chroot', `--userspec=${user}:${user}`, folder, 'env', '-i', ...given, ...at, ...words]
}

/**
 * Runs a script of bash to its end. Returns what it wrote to standard output; throws if it fails.
 */
async function runIn(enter, folder, script, place) {
  const words = [...enter, ...commandIn(folder, ['bash', '-e', '-o', 'pipefail', '-c', script], place)]
  const child = spawn(words[0], words.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let all = ''
  child.stdout.on('data', (data) => {
    out += data
    all += data
  })
  child.stderr.on('data', (data) => {
    all += data
  })
  // Not `close`: a service that the script starts may keep its output open.
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${script.trim()}\nfailed with ${code}:\n${all.slice(-3000)}`)
  return out
}
