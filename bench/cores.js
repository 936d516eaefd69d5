import { readFileSync } from 'node:fs'
import { findProgram } from '../scripts/needs.js'

const taskset = findProgram('taskset')
const allowed = taskset ? allowedCores() : []

/**
 * Whether server and load generator run on separate cores, so that they do not compete for time.
 */
export const pinned = allowed.length > 1

/** @param {'server' | 'load'} role @param {readonly string[]} command @returns {string[]} */
export function onOwnCore(role, command) {
  return pinned ? [taskset, '-c', `${allowed[role === 'server' ? 0 : 1]}`, ...command] : [...command]
}

function allowedCores() {
  // Such as "0-3,8": the process may be limited to some cores.
  const [, list] = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [undefined, '']
  return list.split(',').flatMap((range) => {
    const [from, to = from] = range.split('-').map(Number)
    return Array.from({ length: to - from + 1 }, (_, i) => from + i)
  })
}
