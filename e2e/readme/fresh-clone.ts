import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort } from '../../relay/test/servers/free-port.js'
import { blocks, root } from './blocks.js'
import { paste } from './terminal.js'

/** Copies what a clone would have: the files that git knows, as they stand in the folder. */
function copyTracked(folder: string): void {
  const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0')
  for (const file of tracked)
    if (file && existsSync(path.join(root, file))) cpSync(path.join(root, file), path.join(folder, file))
}

/**
 * A clone in which nothing was done but `npm start`, as the README begins; it runs while the tests
 * do.
 */
export default async function freshClone(): Promise<() => Promise<void>> {
  const home = mkdtempSync(path.join(tmpdir(), 'wildcast-readme-'))
  const clone = path.join(home, 'wildcast')
  copyTracked(clone)
  const port = await freePort()
  const started = paste(blocks.start, { cwd: clone, env: { PORT: String(port) } })
  const end = async (): Promise<void> => {
    await started.interrupt()
    rmSync(home, { recursive: true, force: true, maxRetries: 3 })
  }
  try {
    await started.shows(/Wildcast is up: (http:\S+)/)
  } catch (cause) {
    await end()
    throw cause
  }
  process.env.README_CLONE = clone
  process.env.README_PORT = String(port)
  return end
}
