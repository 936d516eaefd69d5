import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** A process of the system. */
export interface Process {
  readonly pid: number
  /** Its command line, joined by spaces. */
  readonly command: string
}

/** The running processes that a process has started. */
export function childrenOf(parent: number): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      // The name in parentheses may contain anything, so fields are counted after it.
      const [state, ppid] = read(`/proc/${pid}/stat`)
        .replace(/^.*\)\s/s, '')
        .split(' ')
      if (Number(ppid) !== parent || state === 'Z') return []
      return [{ pid: Number(pid), command: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim() }]
    })
}

/** Whether a process is running. */
export function isRunning(pid: number): boolean {
  const state = /\)\s(\S)/.exec(read(`/proc/${pid}/stat`))?.[1]
  return state !== undefined && state !== 'Z'
}

/** Whether a process listens on a Unix socket whose path ends like this. */
export function listensOn(pid: number, path: string): boolean {
  const line = read('/proc/net/unix')
    .split('\n')
    .find((one) => one.endsWith(path))
  const inode = line?.trim().split(/\s+/).at(-2)
  return inode !== undefined && openFiles(pid).includes(`socket:[${inode}]`)
}

function openFiles(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((name) => readlinkSync(`/proc/${pid}/fd/${name}`))
  } catch {
    return [] // a file was closed, or the process ended, meanwhile
  }
}

/** Empty if the process has ended. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
