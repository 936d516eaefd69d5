import { watch } from 'node:fs'
import path from 'node:path'
import type { Clock } from '../core/clock.js'

/** An editor writes a file in several steps; it is read this long after the last one. */
const settledMs = 100

/**
 * Calls `changed` when anything changes in or below the folders of these files, since a module may
 * import others from there. Ignores `node_modules`, which `npm install` writes.
 * @returns the undo
 */
export function watchSources(files: readonly string[], clock: Clock, changed: (file: string) => void): () => void {
  const byFolder = new Map<string, string[]>()
  for (const file of files) byFolder.set(path.dirname(file), [...(byFolder.get(path.dirname(file)) ?? []), file])
  const undos = [...byFolder].map(([folder, sources]) => {
    let stopClock = (): void => {}
    const watcher = watch(folder, { recursive: true }, (_, name) => {
      if (name?.split(path.sep).includes('node_modules')) return
      stopClock()
      stopClock = clock.after(settledMs, () => {
        for (const source of sources) changed(source)
      })
    })
    return () => {
      stopClock()
      watcher.close()
    }
  })
  return () => {
    for (const undo of undos) undo()
  }
}
