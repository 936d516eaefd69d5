import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** A process, as the system knows it. */
export interface Process {
  readonly pid: number
  /** Its words, joined by spaces. */
  readonly command: string
}

/** The processes that a process has started and that have not ended. */
export function childrenOf(parent: number): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      // What stands in parentheses may be anything, so it is counted from behind them.
      const [state, ppid] = read(`/proc/${pid}/stat`)
        .replace(/^.*\)\s/s, '')
        .split(' ')
      if (Number(ppid) !== parent || state === 'Z') return []
      return [{ pid: Number(pid), command: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim() }]
    })
}

/** Whether a process has not ended. */
export function lives(pid: number): boolean {
  const state = /\)\s(\S)/.exec(read(`/proc/${pid}/stat`))?.[1]
  return state !== undefined && state !== 'Z'
}

/** Whether a process listens on a Unix socket whose path ends so. */
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
    return [] // it has closed one, or ended, while one looks
  }
}

/** Empty where it has gone. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
