// Installs what the project needs on a machine. Uses only Node's own modules, since it runs before
// node_modules exists.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { run, runs } from './run.js'

export const root = path.resolve(import.meta.dirname, '..')
const oldestNode = [20, 19]

/** Programs that the tests and the demo use, with the Debian package that brings each. */
const programs = {
  caddy: 'caddy',
  chromium: 'chromium',
  curl: 'curl',
  mosquitto: 'mosquitto',
  mosquitto_pub: 'mosquitto-clients',
  'nats-server': 'nats-server',
  nginx: 'nginx-light',
  openssl: 'openssl',
  'redis-cli': 'redis-tools',
  'redis-server': 'redis-server',
  gcc: 'gcc',
  // Libraries of MQTT clients, as seen from the folder of the programs.
  '../include/stdio.h': 'libc6-dev',
  '../include/mosquitto.h': 'libmosquitto-dev',
  '../lib/python3/dist-packages/paho': 'python3-paho-mqtt',
}

/** Programs that only one command uses. */
const others = { debootstrap: 'debootstrap', ffmpeg: 'ffmpeg', ip: 'iproute2' }

/** All but the packages of tests, such as Next.js, which are half of all. */
const withoutTests = ['--workspace=demo', '--workspace=relay', '--include-workspace-root']

/**
 * Installs the npm packages of the lock file, unless they are there already.
 * @param {{ tests?: boolean }} [options] - `tests: false` leaves out what only tests need
 */
export function installPackages({ tests = true } = {}) {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]))
    throw new Error(`Wildcast needs Node ${oldestNode.join('.')} or later; this is ${process.versions.node}`)
  const stamp = path.join(root, 'node_modules/.wildcast-stamp')
  const lock = readFileSync(path.join(root, 'package-lock.json'))
  const hash = createHash('sha256').update(lock).update(`${process.platform} ${process.arch} ${major}`).digest('hex')
  const all = `${hash} with tests`
  const present = existsSync(stamp) ? readFileSync(stamp, 'utf8') : ''
  if (present === all || (!tests && present === hash)) return
  if (present === '' && isInstalled(lock)) {
    writeFileSync(stamp, all)
    return
  }
  const words = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error', ...(tests ? [] : withoutTests)]
  console.log('installing the npm packages, which takes a minute or more')
  run(npm(...words), { cwd: root, env: environment() })
  writeFileSync(stamp, tests ? all : hash)
}

/** Whether npm's own record of node_modules has all packages: `npm ci` by hand leaves no stamp. */
function isInstalled(lock) {
  const record = path.join(root, 'node_modules/.package-lock.json')
  if (!existsSync(record)) return false
  const { packages: installed } = JSON.parse(readFileSync(record, 'utf8'))
  const wanted = Object.entries(JSON.parse(lock.toString()).packages).slice(1) // the first one is the root
  return wanted.every(([place, { version, optional }]) => optional || installed[place]?.version === version)
}

/** A command of npm: the npm that runs this script, if one does, since there may be several. */
export function npm(...args) {
  const ours = process.env.npm_execpath
  return [...(ours?.endsWith('.js') ? [process.execPath, ours] : ['npm']), ...args]
}

/** Installs the programs that are missing, as root with apt; without it, throws their names. */
export function installPrograms(names = Object.keys(programs)) {
  const missing = names.filter((name) => !findProgram(name))
  if (missing.length === 0) return
  const packages = [...new Set(missing.map((name) => programs[name] ?? others[name]))]
  const apt = findProgram('apt-get')
  const asRoot = process.getuid?.() === 0 ? [] : runs(['sudo', '-n', 'true']) ? ['sudo', '-n'] : undefined
  if (!apt || !asRoot)
    throw new Error(`this needs ${missing.join(', ')}; install them, on Debian: apt-get install ${packages.join(' ')}`)
  // RUNLEVEL=1 keeps packages from starting their services.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  run([...asRoot, apt, 'update', '-qq'], { env })
  run([...asRoot, apt, 'install', '-y', '-qq', '--no-install-recommends', ...packages], { env })
}

/** The path of a program. The PATH of a user may lack the folders of servers. */
export function findProgram(name) {
  const folders = [
    ...(process.env.PATH ?? '').split(':'),
    '/usr/sbin',
    '/usr/bin',
    '/usr/local/sbin',
    '/usr/local/bin',
    '/opt/homebrew/sbin',
    '/opt/homebrew/bin',
  ]
  return folders
    .filter(Boolean)
    .map((folder) => path.join(folder, name))
    .find((file) => existsSync(file))
}

/**
 * The environment for a nested npm: `npm run` passes its settings on as variables, which would
 * steer it.
 */
export function environment() {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_(package|lifecycle|config)_|NODE_ENV$|INIT_CWD$)/i.test(name) ||
      /^npm_config_(registry|cache|userconfig)$/i.test(name),
  )
  return Object.fromEntries(kept)
}
