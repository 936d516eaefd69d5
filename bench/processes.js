import { readdirSync, readFileSync } from 'node:fs'

/** Whether the system tells what its processes use: Linux does. */
export const tellsUse = process.platform === 'linux'

/**
 * What a process and its children have used.
 * @param {number} pid
 * @returns {{ cpuUs: number, memory: number }} All threads' time on a processor; resident bytes.
 * Not numbers where the system does not tell.
 */
export function useOf(pid) {
  if (!tellsUse) return { cpuUs: Number.NaN, memory: Number.NaN }
  const uses = [pid, ...descendants(pid)].map((id) => ({ cpuUs: cpuUs(id), memory: memory(id) }))
  return uses.reduce((sum, use) => ({ cpuUs: sum.cpuUs + use.cpuUs, memory: sum.memory + use.memory }))
}

/**
 * Time that the pages of a Chromium have spent on their main threads, where scripts run.
 * @param {number} pid of the browser
 * @returns {number} Microseconds; not a number where the system does not tell.
 */
export function pagesCpuUs(pid) {
  if (!tellsUse) return Number.NaN
  const pages = descendants(pid).filter((id) => read(`/proc/${id}/cmdline`).includes('--type=renderer'))
  return pages.reduce((sum, id) => sum + threadCpuUs(id, id), 0)
}

function descendants(pid) {
  const children = threads(pid).flatMap((thread) => numbers(read(`/proc/${pid}/task/${thread}/children`)))
  return children.flatMap((child) => [child, ...descendants(child)])
}

/** From the scheduler's own clock, in nanoseconds: the ticks of `stat` are too coarse. */
function cpuUs(pid) {
  return threads(pid).reduce((sum, thread) => sum + threadCpuUs(pid, thread), 0)
}

function threadCpuUs(pid, thread) {
  return (numbers(read(`/proc/${pid}/task/${thread}/schedstat`))[0] ?? 0) / 1000
}

function memory(pid) {
  const [, kilobytes = 0] = /^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`)) ?? []
  return Number(kilobytes) * 1024
}

const numbers = (text) => text.split(/\s+/).filter(Boolean).map(Number)

function threads(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    // It has ended meanwhile.
    return []
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // The same.
    return ''
  }
}
