import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { atExit } from './at-exit.js'

/** An empty folder that is removed with the test process. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'wildcast-'))
  // A server that was just killed may still be writing.
  atExit(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
  return folder
}
