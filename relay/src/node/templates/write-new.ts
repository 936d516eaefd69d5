import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'

/** Writes files that do not exist yet. @throws {Error} naming the first one that does */
export async function writeNew(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, text, { flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => {
      throw cause.code === 'EEXIST' ? new Error(`${name} already exists; rename it, or choose another name`) : cause
    })
  }
}
