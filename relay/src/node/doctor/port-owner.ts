import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** The program that listens on a port, as `nginx (pid 7)`. Only root sees those of others. */
export function portOwner(port: number): string | undefined {
  const sockets = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => listeners(textOf(file), port)))
  if (sockets.size === 0) return undefined
  for (const pid of namesIn('/proc').filter((name) => /^\d+$/.test(name)))
    for (const fd of namesIn(`/proc/${pid}/fd`))
      if (sockets.has(linkOf(`/proc/${pid}/fd/${fd}`))) return `${textOf(`/proc/${pid}/comm`).trim()} (pid ${pid})`
  return undefined
}

/** Returns the sockets that listen on a port, as descriptors name them. */
function listeners(table: string, port: number): readonly string[] {
  const listening = '0A'
  return table.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/)
    const isOurs = state === listening && Number.parseInt(local.split(':')[1] ?? '', 16) === port
    return isOurs ? [`socket:[${inode}]`] : []
  })
}

// A process may end meanwhile, or belong to another user.

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file)
  } catch {
    return ''
  }
}
