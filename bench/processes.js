import { readdirSync, readFileSync } from 'node:fs'

/** Whether the system reports the resource usage of processes: Linux does. */
export const reportsUsage = process.platform === 'linux'

/**
 * The resource usage of a process and its children.
 * @param {number} pid
 * @returns {{ cpuUs: number, memory: number }} Processor time of all threads; resident bytes. NaN
 * if the system does not report usage.
 */
export function usageOf(pid) {
  if (!reportsUsage) return { cpuUs: Number.NaN, memory: Number.NaN }
  const usages = [pid, ...descendants(pid)].map((id) => ({ cpuUs: cpuUs(id), memory: memory(id) }))
  return usages.reduce((sum, one) => ({ cpuUs: sum.cpuUs + one.cpuUs, memory: sum.memory + one.memory }))
}

/**
 * Processor time of the main threads of a Chromium's pages, which run scripts.
 * @param {number} pid of the browser
 * @returns {number} Microseconds; NaN if the system does not report usage.
 */
export function pagesCpuUs(pid) {
  if (!reportsUsage) return Number.NaN
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
    // The process has ended meanwhile.
    return []
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // The process has ended meanwhile.
    return ''
  }
}
