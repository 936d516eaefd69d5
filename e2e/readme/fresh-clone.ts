import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort } from '../../relay/test/servers/free-port.js'
import { blocks, root } from './blocks.js'
import { paste } from './terminal.js'

/** Of a folder in which somebody works, what a clone does not have. */
const notCloned = /(^|\/)(node_modules|dist|packed|coverage|test-results|\.git)(\/|$)|\.tgz$/

/** A clone in which nothing was done but `npm start`, as the README begins; it runs while the tests do. */
export default async function freshClone(): Promise<() => Promise<void>> {
  const home = mkdtempSync(path.join(tmpdir(), 'wildcast-readme-'))
  const clone = path.join(home, 'wildcast')
  cpSync(root, clone, { recursive: true, filter: (file) => !notCloned.test(path.relative(root, file)) })
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
