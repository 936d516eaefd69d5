import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, release, totalmem, type } from 'node:os'
import path from 'node:path'
import { findProgram, root } from '../../scripts/needs.js'
import { pinned } from '../cores.js'
import { reportsUsage } from '../processes.js'

/**
 * @typedef {object} Machine
 * @property {string} processor
 * @property {string} system
 * @property {Record<string, string>} versions
 * @property {boolean} pinned
 * @property {boolean} reportsUsage
 */

/** @returns {Machine} */
export function machine() {
  const [processor] = cpus()
  return {
    processor: `${cpus().length} × ${processor?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${type()} ${release()}`,
    versions: {
      Node: process.versions.node,
      ws: packageVersion('ws'),
      'Socket.IO': packageVersion('socket.io'),
      'nats-server': programVersion('nats-server', '-v'),
      mosquitto: programVersion('mosquitto', '-h'),
    },
    pinned,
    reportsUsage,
  }
}

/** Describes a machine in sentences. @param {Machine} machine */
export function described({ processor, system, versions, pinned, reportsUsage }) {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return [
    `${processor}, ${system}; ${named.join(', ')}.`,
    pinned
      ? 'The server had a core of its own, the load generator another.'
      : 'Server and load generator shared all cores: there is no taskset, or one core only.',
    ...(reportsUsage ? [] : ['This system does not report the usage of processes, so CPU and memory are missing.']),
  ].join(' ')
}

function packageVersion(name) {
  return JSON.parse(readFileSync(path.join(root, 'node_modules', name, 'package.json'), 'utf8')).version
}

function programVersion(name, flag) {
  const file = findProgram(name)
  if (!file) return 'not installed'
  const { stdout, stderr } = spawnSync(file, [flag], { encoding: 'utf8' })
  return /\d+\.\d+\.\d+/.exec(stdout + stderr)?.[0] ?? 'unknown'
}
