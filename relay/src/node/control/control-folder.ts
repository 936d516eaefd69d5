import { createHash } from 'node:crypto'
import { lstat, mkdir, realpath } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** The place of the control sockets of one configuration's relays. */
export interface ControlFolder {
  readonly folder: string
  /** The prefix of their sockets' names. */
  readonly prefix: string
}

/**
 * The folder in which a running relay and `wildcast reload` find each other if they have the same
 * user and file.
 * @throws if other users could put sockets there
 */
export async function controlFolder(file: string): Promise<ControlFolder> {
  const user = process.getuid?.() ?? 0
  const folder = path.join(tmpdir(), `wildcast-control-${user}`)
  await mkdir(folder, { mode: 0o700 }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EEXIST') throw cause
  })
  const { uid, mode } = await lstat(folder)
  // All users may create folders beside it, also under this name.
  if (uid !== user || (mode & 0o777) !== 0o700)
    throw new Error(`${folder} can be entered by other users; remove it, and start again`)
  const hash = createHash('sha256').update(await realpath(file).catch(() => path.resolve(file)))
  return { folder, prefix: `${hash.digest('hex').slice(0, 16)}.` }
}
