import { readFileSync } from 'node:fs'
import { findProgram } from '../scripts/needs.js'

const taskset = findProgram('taskset')
const allowed = taskset ? allowedCores() : []

/**
 * Whether the server has a core, and the load generator another, so that neither takes time from
 * the other.
 */
export const pinned = allowed.length > 1

/** @param {'server' | 'load'} who @param {readonly string[]} command @returns {string[]} */
export function onOwnCore(who, command) {
  return pinned ? [taskset, '-c', `${allowed[who === 'server' ? 0 : 1]}`, ...command] : [...command]
}

function allowedCores() {
  // Such as "0-3,8": not every core of the machine may be ours.
  const [, list] = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [undefined, '']
  return list.split(',').flatMap((range) => {
    const [from, to = from] = range.split('-').map(Number)
    return Array.from({ length: to - from + 1 }, (_, i) => from + i)
  })
}
