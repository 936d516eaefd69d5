import { createHash } from 'node:crypto'
import { lstat, mkdir, realpath } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** Where the control sockets of the relays of one configuration are. */
export interface ControlFolder {
  readonly folder: string
  /** What the names of their sockets begin with. */
  readonly prefix: string
}

/**
 * The place where a running relay and `wildcast reload` find each other: the same user and the same
 * file.
 * @throws if somebody else could put sockets there
 */
export async function controlFolder(file: string): Promise<ControlFolder> {
  const user = process.getuid?.() ?? 0
  const folder = path.join(tmpdir(), `wildcast-control-${user}`)
  await mkdir(folder, { mode: 0o700 }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EEXIST') throw cause
  })
  const { uid, mode } = await lstat(folder)
  // Everybody may create folders beside it, also under this name.
  if (uid !== user || (mode & 0o777) !== 0o700)
    throw new Error(`${folder} can be entered by other users; remove it, and start again`)
  const hash = createHash('sha256').update(await realpath(file).catch(() => path.resolve(file)))
  return { folder, prefix: `${hash.digest('hex').slice(0, 16)}.` }
}
